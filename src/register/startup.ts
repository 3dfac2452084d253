import { beginStartup, giveUpStartup } from '../sampling/startup.ts';
import { readVariables } from './variables.ts';

/** Begins to record the start where the environment says so. What is wrong there is told when a client logs in. */
export function begin(): void {
  const { recordStartup } = readVariables(process.env);
  if (recordStartup === true) beginStartup();
  else if (typeof recordStartup === 'object') beginStartup(recordStartup.afterReadyMs);
}

export { giveUpStartup };
