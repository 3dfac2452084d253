import type { APIApplicationCommandBasicOption } from 'discord.js';
import type { Profiler } from '../profiler.ts';
import { plain } from '../render/text.ts';
import { formatSpan, plural } from '../render/units.ts';
import { cpuServiceOf } from './cpu/adapter.ts';
import { cpuMenu, firstStage, PATH } from './cpu/menu.ts';
import {
  DURATION_OPTION,
  DURATION_S,
  EXACT_OPTION,
  encodePlan,
  INTERVAL_OPTION,
  optionsFrom,
  SHARDS_OPTION,
  STREAM_OPTION,
  WARMUP_OPTION,
  WARMUP_S,
  WORKERS_OPTION,
} from './cpu/plan.ts';
import type { CpuRecording } from './cpu/service.ts';
import { keyOfRecording, labelOf } from './cpu/words.ts';
import { TARGET_OPTION, targetChoices, targetOption } from './pages/target-option.ts';
import { type Choice, OPTION, type Subcommand } from './subcommand.ts';

const RECORDING_OPTION = 'recording';
/** In place of the key of one. */
const LIST = 'list';
const UNKNOWN = '?';

const OPTIONS: readonly APIApplicationCommandBasicOption[] = [
  {
    type: OPTION.integer,
    name: DURATION_OPTION,
    description: `Seconds (default: ${DURATION_S.default}); 10 to 30 under the usual load tell the most`,
    min_value: DURATION_S.min,
    max_value: DURATION_S.max,
  },
  {
    type: OPTION.string,
    name: INTERVAL_OPTION,
    description: 'Between two samples: such as 1ms, 500us or 1khz (default: 1ms)',
  },
  {
    type: OPTION.boolean,
    name: WORKERS_OPTION,
    description: 'Record the worker threads of this process too (default: no)',
  },
  {
    type: OPTION.boolean,
    name: SHARDS_OPTION,
    description: 'Record every shard at the same time (default: only this process)',
  },
  targetOption('Record only what runs for the next calls of this target (default: all that runs)', false),
  {
    type: OPTION.boolean,
    name: EXACT_OPTION,
    description: 'See into loops that run already; a longer pause at the start (default: in small heaps)',
  },
  {
    type: OPTION.integer,
    name: WARMUP_OPTION,
    description: 'Seconds before that of which nothing is kept: V8 optimises meanwhile (default: 0)',
    min_value: WARMUP_S.min,
    max_value: WARMUP_S.max,
  },
  {
    type: OPTION.boolean,
    name: STREAM_OPTION,
    description: 'Write it to disk while it is recorded: a crash leaves it readable (default: no)',
  },
  {
    type: OPTION.string,
    name: RECORDING_OPTION,
    description: 'Show one that is kept, or their list, in place of a new one',
    autocomplete: true,
  },
];

const command = {
  options: OPTIONS,
  menu: cpuMenu,
  run({ profiler, options }) {
    const service = cpuServiceOf(profiler);
    const shown = options.get(RECORDING_OPTION);
    if (shown !== undefined) {
      const id = shown === LIST ? '' : keyFrom(String(shown), service.recordings);
      return { open: cpuMenu, at: cpuMenu.stateWith({ id }) };
    }
    const wanted = optionsFrom(options, profiler);
    service.check(wanted);
    return { open: cpuMenu, at: cpuMenu.stateWith(firstStage(service, profiler, encodePlan(wanted))) };
  },
  autocomplete: (typed, profiler, option) =>
    option === TARGET_OPTION
      ? targetChoices(typed, profiler.tracked).filter(
          ({ value }) => value.includes('/') || value.startsWith('#'),
        )
      : recordingChoices(typed, profiler),
} as const satisfies Omit<Subcommand, 'name' | 'description'>;

export const cpu: Subcommand = {
  ...command,
  name: PATH,
  description: 'Record what the CPU does: which cog, which command, which function, which line',
};

/** As it is called where people come from. */
export const pyspy: Subcommand = { ...command, name: 'pyspy', description: 'The same as cpu' };

/** Of what was chosen, or typed as it is called; what is neither is a key that no recording has. */
function keyFrom(text: string, recordings: readonly CpuRecording[]): string {
  const named = recordings.find((one) => [keyOfRecording(one), labelOf(one)].includes(text.trim()));
  return named === undefined ? UNKNOWN : keyOfRecording(named);
}

function recordingChoices(typed: string, profiler: Profiler): Choice[] {
  const { recordings } = cpuServiceOf(profiler);
  const kept = recordings.map((recording) => {
    const { startedAtEpochMs, durationMs, samples, target } = recording;
    const about = [
      `${formatSpan(Math.max(0, Date.now() - startedAtEpochMs))} ago`,
      formatSpan(Math.max(1_000, durationMs)),
      plural(samples, 'sample'),
      ...(target === undefined ? [] : [target]),
    ];
    return { name: plain(`${labelOf(recording)} · ${about.join(' · ')}`), value: keyOfRecording(recording) };
  });
  const all = [{ name: 'The list of all that are kept', value: LIST }, ...kept];
  const wanted = typed.trim().toLowerCase();
  const fit = all.filter(({ name }) => name.toLowerCase().includes(wanted));
  return fit.length > 0 ? fit : all;
}
