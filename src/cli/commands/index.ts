import type { Command } from '../command.ts';
import { attach } from './attach.ts';
import { heap } from './heap.ts';
import { replay } from './replay.ts';
import { run } from './run.ts';

/** Every command of the executable, in the order of the help. A new one is one file here and one line in this list. */
export const COMMANDS: readonly Command[] = [heap, replay, attach, run];
