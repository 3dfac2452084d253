import type { Page } from '../render/page.ts';
import { code } from '../render/text.ts';
import { listTargets } from './pages/attach-pages.ts';
import { targetChoices, targetsOf } from './pages/target-option.ts';
import { OPTION, type Subcommand } from './subcommand.ts';

export const ignore: Subcommand = {
  group: 'rules',
  name: 'ignore',
  description: 'Put a cog or target on the list of what is left out, or take it off',
  options: [
    {
      type: OPTION.string,
      name: 'pattern',
      description:
        'A cog, name or id; * stands for any text. Once more takes it off (default: show the list)',
      autocomplete: true,
    },
  ],
  run({ profiler, options }): Page {
    const pattern = options.get('pattern');
    if (pattern === undefined) return { title: 'The ignore list', text: listed(profiler.rules.ignored) };
    const isIgnored = profiler.rules.toggleIgnore(String(pattern));
    const matching = [...profiler.targets.values()].filter((target) => profiler.rules.ignores(target));
    profiler.reconcile();
    return {
      title: isIgnored ? `Ignored: ${pattern}` : `No longer ignored: ${pattern}`,
      text: [
        `${targetsOf(matching.length)} of this bot are on the list, and left out wherever cogs or all are attached.`,
        'What was attached by its own name is timed all the same.',
        '',
        listed(profiler.rules.ignored),
        ...(matching.length > 0 ? ['', listTargets(matching)] : []),
      ].join('\n'),
      tone: 'good',
    };
  },
  autocomplete: (typed, profiler) => [
    ...profiler.rules.ignored
      .filter((pattern) => pattern.includes(typed.trim().toLowerCase()))
      .map((pattern) => ({ name: `${pattern} · take it off`, value: pattern })),
    ...targetChoices(typed, profiler.targets).filter(({ value }) => !value.startsWith('#')),
  ],
};

function listed(patterns: readonly string[]): string {
  return patterns.length === 0 ? 'Nothing is ignored.' : `On the list: ${patterns.map(code).join(', ')}`;
}
