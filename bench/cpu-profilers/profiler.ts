import type { DemoBot } from '../demo-load/demo-bot.ts';

/** What ran for so long: functions as `name file`, the outermost first, and what a tool puts above them. */
export interface Stack {
  readonly frames: readonly string[];
  /** In any unit. */
  readonly weight: number;
}

/** A tool that records the CPU of a bot, used as its own documentation says. */
export interface CpuProfiler {
  readonly name: string;
  /** From the file of the bot to the arguments of Node that start it. */
  command(bot: string): readonly string[];
  /** Has it record, where it does not do so by itself. */
  begin(bot: DemoBot): Promise<unknown>;
  /** Ends the recording. @returns the file of the picture, which is written */
  picture(bot: DemoBot): Promise<string>;
  /** What it has recorded, as it has written it, without what was idle. */
  stacks(bot: DemoBot): Promise<Stack[]>;
}
