import { ANY } from '../cog/rules.ts';
import { TARGET_KINDS, type TargetKindName } from '../cog/target.ts';
import type { Profiler } from '../profiler.ts';
import type { Page } from '../render/page.ts';
import { code } from '../render/text.ts';
import { cogChoices, findCog, kindLabel } from './pages/target-option.ts';
import { OPTION, type Subcommand } from './subcommand.ts';

export const tracking: Subcommand = {
  group: 'rules',
  name: 'tracking',
  description: 'Switch a kind of target on or off, wherever cogs or all are timed',
  options: [
    {
      type: OPTION.string,
      name: 'kind',
      description: 'Which kind',
      required: true,
      choices: TARGET_KINDS.map(({ name, label }) => ({ name: label, value: name })),
    },
    { type: OPTION.boolean, name: 'state', description: 'On or off', required: true },
    {
      type: OPTION.string,
      name: 'cog',
      description: 'Only in this cog; that beats the switch for all (default: in all)',
      autocomplete: true,
    },
  ],
  run: ({ profiler, options }) => {
    const cog = options.get('cog');
    return switchKind(
      profiler,
      options.get('kind') as TargetKindName,
      options.get('state') === true,
      cog === undefined ? ANY : findCog(profiler, String(cog)),
    );
  },
  autocomplete: (typed, profiler) => cogChoices(typed, profiler),
};

function switchKind(profiler: Profiler, kind: TargetKindName, on: boolean, cog: string): Page {
  const before = profiler.tracked.size;
  profiler.rules.switch(kind, on, cog);
  profiler.reconcile();
  const change = profiler.tracked.size - before;
  const where = cog === ANY ? '' : ` in ${code(cog)}`;
  return {
    title: `Targets of the kind ${kindLabel(kind)} are ${on ? 'on' : 'off'}`,
    text: [
      `Where cogs or all are attached, this kind is ${on ? 'timed' : 'left out'}${where}.`,
      change === 0
        ? 'Nothing that is attached now changes by it.'
        : `Timed now: ${profiler.tracked.size}, that is ${Math.abs(change)} ${change > 0 ? 'more' : 'fewer'} than before.`,
      'What was attached by its own name is not affected.',
    ].join('\n'),
    tone: 'good',
  };
}
