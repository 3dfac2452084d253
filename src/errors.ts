/** Every error that this package throws on purpose, by its code. */
const MESSAGES = {
  INVALID_OPTION: (option: string, problem: string) => `The option \`${option}\` ${problem}.`,
  INVALID_CLIENT: () => 'The first argument of `new Profiler` must be a discord.js Client.',
  ALREADY_INSTALLED: () => 'This client has a Profiler already; destroy that one first.',
  INVALID_COG: (problem: string) => `What is registered as a cog ${problem}.`,
  INVALID_FUNCTION: (problem: string) => `What is wrapped ${problem}.`,
  INVALID_DATA: (line: number, problem: string) =>
    `Line ${line} of the data ${problem}. Nothing after it was taken in.`,
  INVALID_ID: (what: string) => `The id of a ${what} must be a string of 15 to 22 digits.`,
  NOT_ERASED: (problem: string) =>
    `Not everything has been erased yet: ${problem}. The rest goes as soon as it can.`,
  UNUSABLE_FILE: (name: string, problem: string) => `The file ${name} ${problem}.`,
  INVALID_SNAPSHOT: (name: string, problem: string) => `The heap snapshot ${name} ${problem}.`,
  NOT_ENOUGH_MEMORY: (name: string, wantedBytes: number, freeBytes: number) =>
    `${name} takes ${mib(wantedBytes)} of memory to be looked at, and ${mib(freeBytes)} are free.`,
  SNAPSHOT_BUSY: (stage: string) => `One heap snapshot at a time: one is ${stage} now.`,
  SNAPSHOT_REFUSED: (what: string, wantedBytes: number, freeBytes: number) =>
    `No heap snapshot was taken: it may need ${mib(wantedBytes)} of ${what}, and ${mib(freeBytes)} are free.`,
  SNAPSHOT_CANCELLED: () => 'The heap snapshot was cancelled before it began.',
  SNAPSHOT_FAILED: (problem: string) =>
    `There is no heap snapshot: ${problem}. Nothing of it was left behind.`,
  ANALYSIS_FAILED: (name: string, problem: string) =>
    `The heap snapshot ${name} is there, but was not looked at: ${problem}.`,
  UNKNOWN_SNAPSHOT: (id: string) => `There is no heap snapshot ${id} any more.`,
  UNKNOWN_CLASS: (name: string, suggestions: readonly string[]) =>
    suggestions.length === 0
      ? `There is no class called "${name}".`
      : `There is no class called "${name}". Did you mean ${suggestions.join(' or ')}?`,
  NO_INSPECTOR: () => 'V8 cannot be asked for its objects: this Node was built without its inspector.',
  GROWTH_RUNNING: () => 'What grows is watched already. Stop that first, to begin anew.',
  GROWTH_NOT_RUNNING: () => 'What grows is not watched now.',
  SAMPLING_BUSY: (what: string) => `V8 samples allocations for one at a time, and does so for ${what} now.`,
  SAMPLING_LOST: () =>
    'What was sampled of allocations is lost: something else in this process has stopped the sampler of V8.',
  SOURCES_RUNNING: () => 'Where new objects come from is watched already. Stop that first, to begin anew.',
  SOURCES_NOT_RUNNING: () => 'Where new objects come from is not watched now.',
  INVALID_CACHE: (problem: string) => `What is watched as a cache ${problem}.`,
  DESTROYED: () => 'This Profiler has been destroyed.',
  UNKNOWN_SUBCOMMAND: (name: string) =>
    `This version of the profiler has no "${name}". Run the command again.`,
  UNKNOWN_TARGET: (query: string, suggestions: readonly string[]) =>
    suggestions.length === 0
      ? `There is nothing called "${query}" to track.`
      : `There is nothing called "${query}" to track. Did you mean ${suggestions.join(' or ')}?`,
  RECORDING_BUSY: (who: string, what: string, elapsedS: number, leftS: number) =>
    `One recording at a time: ${who} has been recording ${what} for ${elapsedS} s, and it takes up to ${leftS} s more.`,
  RECORDING_UNAVAILABLE: (problem: string) => `Nothing can be recorded: ${problem}.`,
  RECORDING_FAILED: (problem: string) => `The recording is lost: ${problem}.`,
  RECORDING_CANCELLED: (why: string) => `The recording was cancelled${why}.`,
  NOT_ATTACHED: (pid: number, problem: string) => `Process ${pid} cannot be recorded: ${problem}.`,
  UNKNOWN_RECORDING: (id: string) => `There is no recording ${id}; the process may have started anew since.`,
  STORE_UNKNOWN_URI: (scheme: string, examples: readonly string[]) =>
    `There is no kind of store called "${scheme}". Known are ${examples.join(', ')}.`,
  STORE_UNAVAILABLE: (store: string, problem: string) => `${store} cannot be the store: ${problem}.`,
  STORE_FROM_THE_FUTURE: (path: string, version: number, known: number) =>
    `A newer version of cogscope wrote ${path} (its schema is ${version}, the newest known here is ${known}). Update cogscope, or name another file.`,
} as const satisfies Record<string, (...details: never[]) => string>;

export type ProfilerErrorCode = keyof typeof MESSAGES;

function mib(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}

const BRAND = Symbol.for('cogscope.error');

/** Thrown by this package; `code` says which of its errors it is. */
export class ProfilerError<Code extends ProfilerErrorCode = ProfilerErrorCode> extends Error {
  override readonly name = 'ProfilerError';
  readonly code: Code;
  /** What the message was made of, such as the names that come closest to an unknown one. */
  readonly details: Parameters<(typeof MESSAGES)[Code]>;
  readonly [BRAND] = true;

  constructor(code: Code, ...details: Parameters<(typeof MESSAGES)[Code]>) {
    super((MESSAGES[code] as (...details: unknown[]) => string)(...details));
    this.code = code;
    this.details = details;
  }

  /** True for the errors of every copy of this package that is loaded. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
