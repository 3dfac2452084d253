/** What a command may be told beside its arguments. */
export interface Option {
  readonly type: 'string' | 'boolean';
  /** What stands for the value in the help, such as `FILE`. */
  readonly value?: string;
  readonly help: string;
  /** One letter that does as well as the name. */
  readonly short?: string;
  readonly default?: string;
}

/** What was written after the name of a command. */
export interface Input<O extends Readonly<Record<string, Option>> = Readonly<Record<string, Option>>> {
  /** Those that it must be told, then the rest. */
  readonly arguments: readonly string[];
  readonly options: {
    readonly [K in keyof O]: O[K]['type'] extends 'boolean' ? boolean | undefined : string | undefined;
  };
}

/** Where a command writes to. */
export interface Terminal {
  /** Characters of a line. */
  readonly width: number;
  /** The answer. */
  print(text: string): void;
  /** What is done just now; shown where somebody looks on, and gone when it is done. */
  status(text: string): void;
}

/** A command of the `cogscope` executable. A new one is one file in `commands/` and one line in the list there. */
export interface Command<O extends Readonly<Record<string, Option>> = Readonly<Record<string, Option>>> {
  readonly name: string;
  /** What it must be told, such as `FILE`. */
  readonly arguments: readonly string[];
  /** What may follow these, in any number, such as `ARGUMENT`; without it, nothing may. */
  readonly rest?: string;
  readonly summary: string;
  readonly options: O;
  /**
   * @returns the exit code, where it is not 0
   * @throws UsageError where it was called wrongly; ProfilerError where what was asked for cannot be done
   */
  run(input: Input<O>, terminal: Terminal): Promise<number | undefined>;
}

/** A command whose options are typed by what it says of them. */
export function defineCommand<const O extends Readonly<Record<string, Option>>>(
  command: Command<O>,
): Command {
  return command as unknown as Command;
}

/** What was written makes no sense; the message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
