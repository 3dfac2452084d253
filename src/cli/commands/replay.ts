import { resolve } from 'node:path';
import { ProfilerError } from '../../errors.ts';
import { formatBytes } from '../../render/units.ts';
import { filtered, MODES } from '../../sampling/filter.ts';
import type { FormatOptions, ProfileFormat } from '../../sampling/formats/format.ts';
import { formatNamed, PROFILE_FORMATS } from '../../sampling/formats/index.ts';
import { optionsFor } from '../../sampling/formats/options.ts';
import { defineCommand, type Option, UsageError } from '../command.ts';
import { flagOfOption, PROFILE_OPTIONS, wishesOf } from '../profile-options.ts';
import { readRecording, writeOutput } from '../recording-io.ts';

const FORMATS: readonly ProfileFormat[] = PROFILE_FORMATS;
/** To be read where it is printed. */
const PRINTED = 'table';

/** Each format is a flag too, which lists them in the help. */
const FORMAT_FLAGS: Readonly<Record<string, Option>> = Object.fromEntries(
  FORMATS.map(({ name, extension, viewers }) => [
    name,
    { type: 'boolean', help: `the same as --format ${name}: .${extension}, for ${viewers.join(', ')}` },
  ]),
);

/** Writes a recording of the CPU as any kind of file, on any machine. */
export const replay = defineCommand({
  name: 'replay',
  arguments: ['FILE'],
  summary: 'Writes a recording of the CPU (the export `recording`) as a flame graph, a table, …',
  options: {
    output: { type: 'string', value: 'FILE', short: 'o', help: 'where to; without it, text is printed' },
    format: {
      type: 'string',
      value: 'NAME',
      help: `what as; without it, what the ending of the output says, or else ${PRINTED}`,
    },
    ...FORMAT_FLAGS,
    ...PROFILE_OPTIONS,
  } as Readonly<Record<string, Option>>,
  async run({ arguments: [file], options }, terminal) {
    const output = options['output'] as string | undefined;
    const format = formatOf(options, output);
    const { filter, format: wishes } = wishesOf(options);
    const complete = checked(format, wishes);
    if (filter.mode !== undefined && !MODES.includes(filter.mode)) {
      throw new UsageError(`\`--mode\` must be one of ${MODES.join(', ')}.`);
    }
    if (filter.shards?.some((shard) => !Number.isSafeInteger(shard))) {
      throw new UsageError('`--shards` must be numbers, with commas between them.');
    }
    if (output !== undefined && resolve(output) === resolve(file!)) {
      throw new UsageError('The output would take the place of the recording.');
    }
    terminal.status('Reading …');
    const profile = await readRecording(file!);
    terminal.status(`Writing the ${format.label.toLowerCase()} …`);
    const content = format.encode(filtered(profile, filter), complete);
    if (output === undefined) {
      if (typeof content !== 'string')
        throw new UsageError(`\`${format.name}\` is no text: say where to put it with \`-o FILE\`.`);
      terminal.status('');
      return terminal.print(content.replace(/\n$/, ''));
    }
    const sizeBytes = await writeOutput(output, content);
    terminal.status('');
    terminal.print(
      `${format.label}, ${formatBytes(sizeBytes)}: ${output}\nIt opens in ${format.viewers.join(', ')}.`,
    );
  },
});

type Given = Readonly<Record<string, string | boolean | undefined>>;

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
