import { type ErrorTree, refuse } from '../api-error.ts';

type Path = readonly (string | number)[];

export type Fields = Record<string, unknown>;

/** Collects what is wrong with a form, at the path where Discord would report it. */
export class Issues {
  readonly #tree: ErrorTree = {};
  #count = 0;

  add(path: Path, code: string, message: string): void {
    let node = this.#tree;
    for (const key of path) node = (node[key] ??= {}) as ErrorTree;
    ((node['_errors'] ??= []) as { code: string; message: string }[]).push({ code, message });
    this.#count++;
  }

  throwIfAny(): void {
    if (this.#count > 0) throw refuse('invalidForm', this.#tree);
  }
}

/** Reports what is wrong with one value; a missing value arrives as undefined. */
export type Check = (value: unknown, path: Path, issues: Issues) => void;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function required(check: Check): Check {
  return (value, path, issues) => {
    if (value === undefined || value === null || value === '') missing(path, issues);
    else check(value, path, issues);
  };
}

export function missing(path: Path, issues: Issues): void {
  issues.add(path, 'BASE_TYPE_REQUIRED', 'This field is required');
}

interface TextRules {
  min?: number;
  max: number;
  pattern?: { regex: RegExp; code: string; message: string };
}

/**
 * Counts UTF-16 units, the strictest way of counting characters: what fits here fits however Discord counts.
 */
export function text({ min = 0, max, pattern }: TextRules): Check {
  return optional((value, path, issues) => {
    if (typeof value !== 'string') {
      issues.add(path, 'BASE_TYPE_STRING', 'Could not interpret value as string.');
    } else if (value.length < min || value.length > max) {
      badLength(path, issues, min, max);
    } else if (pattern !== undefined && !pattern.regex.test(value)) {
      issues.add(path, pattern.code, pattern.message);
    }
  });
}

export function badLength(path: Path, issues: Issues, min: number, max: number): void {
  if (min === 0) issues.add(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
  else issues.add(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
}

export function integer(min: number, max: number): Check {
  return number(min, max, true);
}

export function number(min = -(2 ** 53), max = 2 ** 53, whole = false): Check {
  return optional((value, path, issues) => {
    if (typeof value !== 'number' || !Number.isFinite(value) || (whole && !Number.isInteger(value))) {
      issues.add(path, 'NUMBER_TYPE_COERCE', `Value "${String(value)}" is not ${whole ? 'int' : 'float'}.`);
    } else if (value < min) {
      issues.add(path, 'NUMBER_TYPE_MIN', `Value should be greater than or equal to ${min}.`);
    } else if (value > max) {
      issues.add(path, 'NUMBER_TYPE_MAX', `Value should be less than or equal to ${max}.`);
    }
  });
}

export function oneOf(...values: readonly unknown[]): Check {
  return optional((value, path, issues) => {
    if (values.includes(value)) return;
    issues.add(path, 'BASE_TYPE_CHOICES', `Value must be one of {${values.join(', ')}}.`);
  });
}

export const boolean: Check = optional((value, path, issues) => {
  if (typeof value !== 'boolean') issues.add(path, 'BOOLEAN_TYPE_CONVERT', 'Must be either true or false.');
});

export function url(...schemes: readonly string[]): Check {
  return optional((value, path, issues) => {
    const parsed = typeof value === 'string' ? URL.parse(value) : null;
    if (parsed === null) {
      issues.add(path, 'URL_TYPE_INVALID_URL', 'Not a well formed URL.');
    } else if (!schemes.includes(parsed.protocol.slice(0, -1))) {
      const listed = schemes.map((scheme) => `'${scheme}'`).join(', ');
      const message = `Scheme "${parsed.protocol.slice(0, -1)}" is not supported. Scheme must be one of (${listed}).`;
      issues.add(path, 'URL_TYPE_INVALID_SCHEME', message);
    }
  });
}

export const date: Check = optional((value, path, issues) => {
  if (Number.isNaN(Date.parse(String(value)))) {
    issues.add(path, 'DATETIME_TYPE_PARSE', `Could not parse ${String(value)}. Should be ISO8601.`);
  }
});

export function list(of: Check, min: number, max: number): Check {
  return optional((value, path, issues) => {
    if (!Array.isArray(value)) {
      issues.add(path, 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType.');
      return;
    }
    if (value.length < min || value.length > max) badLength(path, issues, min, max);
    for (const [index, item] of value.entries()) of(item, [...path, index], issues);
  });
}

export function shape(fields: Readonly<Record<string, Check>>, ...more: readonly Check[]): Check {
  const entries = Object.entries(fields);
  return optional((value, path, issues) => {
    if (!isFields(value)) {
      issues.add(path, 'DICT_TYPE_CONVERT', 'Only dictionaries may be used in a DictType.');
      return;
    }
    for (const [name, check] of entries) check(value[name], [...path, name], issues);
    for (const check of more) check(value, path, issues);
  });
}

function optional(check: Check): Check {
  return (value, path, issues) => {
    if (value !== undefined && value !== null) check(value, path, issues);
  };
}
