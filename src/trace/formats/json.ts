import type { TraceFormat } from './format.ts';

/** Of what is said about a file in docs/traces.md. */
const VERSION = 1;

/** All that is known of the calls, for programs. */
export const json = {
  name: 'json',
  label: 'JSON',
  extension: 'json',
  encode: (traces) => `${JSON.stringify({ cogscope: 'traces', version: VERSION, traces }, undefined, 2)}\n`,
} as const satisfies TraceFormat;
