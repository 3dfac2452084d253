import { type ProfilerOptions, resolveOptions } from '../cog/options.ts';
import { ProfilerError } from '../errors.ts';
import { findConfigFile, loadConfigFile } from './config-file.ts';
import { isDisabled } from './disabled.ts';
import { nearestTo } from './nearest.ts';
import { CONFIG_VARIABLE, OPTION_NAMES, readVariables, unknownVariables, variableOf } from './variables.ts';

/**
 * The options from the configuration file and from the variables, which come before the file.
 * @throws Error that names the variable, or the file and its field, that is wrong
 */
export function readConfiguration(env: NodeJS.ProcessEnv): ProfilerOptions | 'disabled' {
  if (isDisabled(env)) return 'disabled';
  const file = findConfigFile(env[CONFIG_VARIABLE]);
  const fromFile = file === undefined ? {} : loadConfigFile(file);
  check(fromFile, (option) => `\`${option}\` in ${file}`);
  const fromVariables = readVariables(env);
  check(fromVariables, variableOf);
  const options = { ...fromFile, ...fromVariables };
  const { logger } = resolveOptions(options);
  for (const warning of unknownVariables(env)) logger.warn(warning);
  return options;
}

function check(options: ProfilerOptions, placeOf: (option: string) => string): void {
  try {
    resolveOptions(options);
  } catch (error) {
    if (!(error instanceof ProfilerError) || error.code !== 'INVALID_OPTION') throw error;
    const [option, problem] = (error as ProfilerError<'INVALID_OPTION'>).details;
    const nearest = OPTION_NAMES.includes(option) ? undefined : nearestTo(option, OPTION_NAMES);
    const hint = nearest === undefined ? '' : ` Did you mean \`${nearest}\`?`;
    throw new Error(`${placeOf(option)} ${problem}.${hint}`);
  }
}
