import { comparison } from './comparison.ts';
import { flame } from './flame.ts';
import { hotFunctions } from './hot-functions.ts';
import { overview } from './overview.ts';
import { relatives } from './relatives.ts';
import { standouts } from './standouts.ts';

/**
 * What is shown of recordings: pure functions from one or two profiles, and what is asked, to small plain data. So they
 * run where profiles are, and what they give is sent.
 */
export const VIEWS = { overview, functions: hotFunctions, relatives, standouts, flame, comparison } as const;

export type ViewName = keyof typeof VIEWS;
export type ViewQuery<Name extends ViewName> = Parameters<(typeof VIEWS)[Name]>[1];
export type ViewOf<Name extends ViewName> = ReturnType<(typeof VIEWS)[Name]>;
