import type { Branch } from '../cog/target.ts';

/** The type of an interaction that asks for completions. */
const AUTOCOMPLETE = 4;

/**
 * Tells the calls of a function apart that both runs a command and completes its options.
 * @param interactionIn where among its arguments the interaction is
 */
export function completionBranches(
  interactionIn: (args: readonly unknown[]) => unknown,
): Record<'command' | 'autocomplete', Branch> {
  const of = (args: readonly unknown[]) => {
    try {
      const { type } = interactionIn(args) as { type?: unknown };
      return type === AUTOCOMPLETE ? 'autocomplete' : 'command';
    } catch {
      // Called by the bot itself, and not with an interaction.
      return 'command';
    }
  };
  return { command: { name: 'command', of }, autocomplete: { name: 'autocomplete', of } };
}
