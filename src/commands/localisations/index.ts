import { brazilianPortuguese } from './brazilian-portuguese.ts';
import { french } from './french.ts';
import { german } from './german.ts';
import { japanese } from './japanese.ts';
import { spanish } from './spanish.ts';
import type { Language } from './text.ts';

/** What `/profiler` is shown in besides English, whose texts are with the subcommands. */
export const LANGUAGES = [
  { locales: ['de'], texts: german },
  { locales: ['fr'], texts: french },
  { locales: ['es-ES', 'es-419'], texts: spanish },
  { locales: ['pt-BR'], texts: brazilianPortuguese },
  { locales: ['ja'], texts: japanese },
] as const satisfies readonly Language[];
