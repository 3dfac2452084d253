import { limits } from './limits.ts';
import {
  boolean,
  type Check,
  type Fields,
  Issues,
  integer,
  isFields,
  list,
  number,
  oneOf,
  required,
  shape,
  text,
} from './schema.ts';

const SUBCOMMAND = 1;
const GROUP = 2;
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

const invalidName = { code: 'APPLICATION_COMMAND_INVALID_NAME', message: 'Command name is invalid' };

const slashName: Check = (value, path, issues) => {
  const name = String(value);
  if (name.length > limits.commandName) text({ min: 1, max: limits.commandName })(value, path, issues);
  else if (!NAME.test(name) || name !== name.toLowerCase()) {
    issues.add(path, invalidName.code, invalidName.message);
  }
};
const menuName = text({ min: 1, max: limits.commandName });
const description = required(text({ min: 1, max: limits.commandDescription }));

function localized(check: Check): Check {
  return (value, path, issues) => {
    if (!isFields(value)) return;
    for (const [locale, one] of Object.entries(value))
      if (one !== null) check(one, [...path, locale], issues);
  };
}

const choice = shape({
  name: required(text({ min: 1, max: limits.choiceText })),
  value: (value, path, issues) => {
    if (typeof value === 'number') number()(value, path, issues);
    else required(text({ min: 1, max: limits.choiceText }))(value, path, issues);
  },
});

const choicesOrAutocomplete: Check = (value, path, issues) => {
  if (!isFields(value) || value['autocomplete'] !== true) return;
  if (Array.isArray(value['choices']) && value['choices'].length > 0) {
    const message = 'Autocomplete cannot be used with choices';
    issues.add([...path, 'choices'], 'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE', message);
  }
};

/** What concerns the options of one command as a whole: names, order, mixture. */
const options = (depth: number): Check => {
  return (value, path, issues) => {
    list(option(depth), 0, limits.commandOptions)(value, path, issues);
    if (!Array.isArray(value)) return;
    const names = new Set<unknown>();
    let sawOptional = false;
    const nested = value.some((one: Fields) => one['type'] === SUBCOMMAND || one['type'] === GROUP);
    for (const [index, one] of (value as Fields[]).entries()) {
      const at = [...path, index];
      if (names.has(one['name'])) {
        const code = 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS';
        issues.add([...at, 'name'], code, 'Option name already exists');
      }
      names.add(one['name']);
      const isNested = one['type'] === SUBCOMMAND || one['type'] === GROUP;
      if (nested && !isNested) {
        const code = 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID';
        const message =
          'Sub-command and sub-command group option types are mutually exclusive to all other types';
        issues.add([...at, 'type'], code, message);
      }
      if (isNested) continue;
      if (one['required'] === true && sawOptional) {
        const code = 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID';
        issues.add([...at, 'required'], code, 'Required options must be placed before non-required options');
      }
      sawOptional ||= one['required'] !== true;
    }
  };
};

/** At the top anything may stand; in a group only subcommands; in a subcommand only values. */
const typesAt = [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [1], [3, 4, 5, 6, 7, 8, 9, 10, 11]] as const;

function option(depth: number): Check {
  const check = shape(
    {
      name: required(slashName),
      name_localizations: localized(slashName),
      description,
      description_localizations: localized(text({ min: 1, max: limits.commandDescription })),
      type: required(oneOf(...(typesAt[depth] ?? []))),
      required: boolean,
      autocomplete: boolean,
      choices: list(choice, 0, limits.choices),
      min_value: number(),
      max_value: number(),
      min_length: integer(0, limits.optionText),
      max_length: integer(1, limits.optionText),
    },
    choicesOrAutocomplete,
  );
  return (value, path, issues) => {
    check(value, path, issues);
    if (!isFields(value) || value['options'] === undefined || value['options'] === null || depth > 1) return;
    const inner = value['type'] === GROUP ? 1 : 2;
    options(inner)(value['options'], [...path, 'options'], issues);
  };
}

const slashCommand = shape({
  name: required(slashName),
  name_localizations: localized(slashName),
  description,
  description_localizations: localized(text({ min: 1, max: limits.commandDescription })),
  options: options(0),
});

const menuCommand = shape({
  name: required(menuName),
  name_localizations: localized(menuName),
  description: (value, path, issues) => {
    if (typeof value !== 'string' || value === '') return;
    const message = 'Context menu commands cannot have description';
    issues.add(path, 'APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_NOT_ALLOWED', message);
  },
  options: list(shape({}), 0, 0),
});

export function checkCommand(command: Fields, at: readonly (string | number)[] = []): void {
  const issues = new Issues();
  addCommandIssues(command, at, issues);
  issues.throwIfAny();
}

export function checkCommands(commands: readonly Fields[]): void {
  const issues = new Issues();
  const seen = new Set<string>();
  for (const [index, command] of commands.entries()) {
    addCommandIssues(command, [index], issues);
    const key = `${String(command['type'] ?? 1)} ${String(command['name'])}`;
    if (seen.has(key)) {
      const code = 'APPLICATION_COMMANDS_DUPLICATE_NAME';
      issues.add([index], code, 'Application command names must be unique');
    }
    seen.add(key);
  }
  issues.throwIfAny();
}

function addCommandIssues(command: Fields, at: readonly (string | number)[], issues: Issues): void {
  oneOf(1, 2, 3, 4)(command['type'], [...at, 'type'], issues);
  ((command['type'] ?? 1) === 1 ? slashCommand : menuCommand)(command, at, issues);
  if (commandLength(command) > limits.commandTotal) {
    issues.add(at, 'APPLICATION_COMMAND_TOO_LARGE', `Command exceeds maximum size (${limits.commandTotal})`);
  }
}

/** Names, descriptions and choice values, in the longest localisation of each. */
function commandLength(part: Fields): number {
  const longest = (name: string) => {
    const locales = part[`${name}_localizations`];
    const all = [part[name], ...(isFields(locales) ? Object.values(locales) : [])];
    return Math.max(...all.map((value) => String(value ?? '').length));
  };
  const nested = [part['options'], part['choices']].flatMap((list) => (Array.isArray(list) ? list : []));
  const own = longest('name') + longest('description') + String(part['value'] ?? '').length;
  return nested.filter(isFields).reduce((sum, one) => sum + commandLength(one), own);
}
