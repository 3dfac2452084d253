import { ProfilerError } from '../errors.ts';
import { formatBytes } from '../render/units.ts';
import { filtered, MODES, type ProfileFilter } from '../sampling/filter.ts';
import type { FormatOptions, ProfileFormat } from '../sampling/formats/format.ts';
import { formatNamed, PROFILE_FORMATS } from '../sampling/formats/index.ts';
import { optionsFor } from '../sampling/formats/options.ts';
import type { Profile } from '../sampling/profile.ts';
import { type Option, type Terminal, UsageError } from './command.ts';
import { flagOfOption, PROFILE_OPTIONS, wishesOf } from './profile-options.ts';
import { writeOutput } from './recording-io.ts';

const FORMATS: readonly ProfileFormat[] = PROFILE_FORMATS;
/** To be read where it is printed. */
const PRINTED = 'table';

/** What is not to be printed. */
const NO_TEXT = new Set(['application/gzip', 'application/octet-stream']);

/** Each format is a flag too, which lists them in the help. */
const FORMAT_FLAGS: Readonly<Record<string, Option>> = Object.fromEntries(
  FORMATS.map(({ name, extension, viewers }) => [
    name,
    { type: 'boolean', help: `the same as --format ${name}: .${extension}, for ${viewers.join(', ')}` },
  ]),
);

/** For the help of a command that writes a profile, and for `outputOf`. */
export const OUTPUT_OPTIONS: Readonly<Record<string, Option>> = {
  output: { type: 'string', value: 'FILE', short: 'o', help: 'where to; without it, text is printed' },
  format: {
    type: 'string',
    value: 'NAME',
    help: `what as; without it, what the ending of the output says, or else ${PRINTED}`,
  },
  ...FORMAT_FLAGS,
  ...PROFILE_OPTIONS,
};

type Given = Readonly<Record<string, string | boolean | undefined>>;

/** How a profile is to be written, as it was wished. */
export interface ProfileOutput {
  readonly path: string | undefined;
  /** @param notes sentences that are said where the profile itself is not printed */
  write(profile: Profile, terminal: Terminal, notes?: readonly string[]): Promise<void>;
}

/** All that can be wrong with the wishes is found here, before there is a profile. @throws UsageError */
export function outputOf(options: Given): ProfileOutput {
  const path = options['output'] as string | undefined;
  const format = formatOf(options, path);
  const { filter, format: wishes } = wishesOf(options);
  const complete = checked(format, wishes);
  checkFilter(filter);
  if (path === undefined && NO_TEXT.has(format.mediaType)) {
    throw new UsageError(`\`${format.name}\` is no text: say where to put it with \`-o FILE\`.`);
  }
  return {
    path,
    async write(profile, terminal, notes = []) {
      terminal.status(`Writing the ${format.label.toLowerCase()} …`);
      const content = format.encode(filtered(profile, filter), complete);
      if (path === undefined) {
        terminal.status('');
        return terminal.print(String(content).replace(/\n$/, ''));
      }
      const sizeBytes = await writeOutput(path, content);
      terminal.status('');
      const written = `${format.label}, ${formatBytes(sizeBytes)}: ${path}`;
      terminal.print([written, `It opens in ${format.viewers.join(', ')}.`, ...notes].join('\n'));
    },
  };
}

function checkFilter({ mode, shards }: ProfileFilter): void {
  if (mode !== undefined && !MODES.includes(mode)) {
    throw new UsageError(`\`--mode\` must be one of ${MODES.join(', ')}.`);
  }
  if (shards?.some((shard) => !Number.isSafeInteger(shard))) {
    throw new UsageError('`--shards` must be numbers, with commas between them.');
  }
}

function formatOf(options: Given, output: string | undefined): ProfileFormat {
  const named = FORMATS.filter(({ name }) => options[name] === true).map(({ name }) => name);
  if (typeof options['format'] === 'string') named.push(options['format']);
  const [name, other] = [...new Set(named)];
  if (other !== undefined) throw new UsageError(`One format at a time: \`${name}\` or \`${other}\`.`);
  return inOwnWords(() => formatNamed(name ?? formatByEnding(output ?? '') ?? PRINTED));
}

/** The one with the longest ending that fits; of those that share it, the first of the list. */
function formatByEnding(path: string): string | undefined {
  const fitting = FORMATS.filter(({ extension }) => path.toLowerCase().endsWith(`.${extension}`));
  return fitting.sort((a, b) => b.extension.length - a.extension.length)[0]?.name;
}

function checked(format: ProfileFormat, wishes: Partial<FormatOptions>): FormatOptions {
  return inOwnWords(() => optionsFor(format, wishes));
}

/** Options are called here as they were written. @throws UsageError */
function inOwnWords<Result>(check: () => Result): Result {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof ProfilerError) || error.code !== 'INVALID_OPTION') throw error;
    const [name, problem] = (error as ProfilerError<'INVALID_OPTION'>).details;
    throw new UsageError(`\`${flagOfOption(name)}\` ${problem}.`);
  }
}
