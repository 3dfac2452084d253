export const DISABLED_VARIABLE = 'COGSCOPE_DISABLED';

/** Whether the environment switches the profiler off; any value does but those that say no. */
export function isDisabled(env: NodeJS.ProcessEnv): boolean {
  return !/^(0|false|no|off)?$/i.test(env[DISABLED_VARIABLE]?.trim() ?? '');
}
