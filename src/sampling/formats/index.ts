import type { ProfileFormat } from './format.ts';

/** Every kind of file that a profile can be written as. */
export const PROFILE_FORMATS = [] as const satisfies readonly ProfileFormat[];
