import { redisScheme } from './redis.ts';
import type { Scheme } from './scheme.ts';
import { sqliteScheme } from './sqlite.ts';

/** Every kind of store that a URI can name. */
export const SCHEMES: readonly Scheme[] = [sqliteScheme, redisScheme()];
