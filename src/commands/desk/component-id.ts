import { CUSTOM_ID_PREFIX } from './intercept.ts';

/** What Discord allows, in characters. */
export const LONGEST_CUSTOM_ID = 100;

/** The custom id of a component: it holds all that a click needs, so that menus outlive a restart of the bot. */
export function componentId(subcommand: string, state: string): string {
  return `${CUSTOM_ID_PREFIX}${subcommand}:${state}`;
}

export function parseComponentId(customId: string): { subcommand: string; state: string } {
  const rest = customId.slice(CUSTOM_ID_PREFIX.length);
  const colon = rest.indexOf(':');
  return colon === -1
    ? { subcommand: rest, state: '' }
    : { subcommand: rest.slice(0, colon), state: rest.slice(colon + 1) };
}
