import { ProfilerError } from '../../errors.ts';
import { SUBCOMMANDS } from '../index.ts';
import { pathOf, type Subcommand } from '../subcommand.ts';

/** @throws ProfilerError UNKNOWN_SUBCOMMAND */
export function find(path: string): Subcommand {
  const subcommand = SUBCOMMANDS.find((candidate) => pathOf(candidate) === path);
  if (subcommand === undefined) throw new ProfilerError('UNKNOWN_SUBCOMMAND', path);
  return subcommand;
}
