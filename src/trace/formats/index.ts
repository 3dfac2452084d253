import { chrome } from './chrome.ts';
import type { TraceFormat } from './format.ts';
import { json } from './json.ts';
import { text } from './text.ts';

/** Every kind of file that calls can be written as. */
export const TRACE_FORMATS = [text, json, chrome] as const satisfies readonly TraceFormat[];
