import { relative } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { original } from '../cog/attach.ts';
import { TARGET_KINDS, type Target } from '../cog/target.ts';
import type { Profiler } from '../profiler.ts';
import type { Page } from '../render/page.ts';
import { code } from '../render/text.ts';
import { fileName } from './pages/file-name.ts';
import { cogChoices, findCog, targetsOf } from './pages/target-option.ts';
import { OPTION, type Subcommand } from './subcommand.ts';

const MOST_COGS_SHOWN = 20;

export const methods: Subcommand = {
  name: 'methods',
  description: 'List all that can be timed, by cog, with where it was written, as a text file',
  options: [
    {
      type: OPTION.string,
      name: 'cog',
      description: 'Only this cog (default: all)',
      autocomplete: true,
    },
    {
      type: OPTION.string,
      name: 'filter',
      description: 'Only what has this text in its id (default: all)',
    },
  ],
  async run({ profiler, options }): Promise<Page> {
    const cog = options.get('cog') === undefined ? undefined : findCog(profiler, String(options.get('cog')));
    const filter = String(options.get('filter') ?? '').toLowerCase();
    const all = [...profiler.targets.values()];
    // That took long enough in a large bot.
    await nextTurn();
    const targets = all.filter(
      (target) => (cog === undefined || target.cog === cog) && target.id.toLowerCase().includes(filter),
    );
    if (targets.length === 0) {
      return { title: 'Nothing fits', text: 'No target has this text in its id.', tone: 'warning' };
    }
    const cogs = [...Map.groupBy(targets, (target) => target.cog)].sort((a, b) => b[1].length - a[1].length);
    const shown = cogs.slice(0, MOST_COGS_SHOWN).map(([name, own]) => {
      const timed = own.filter(({ id }) => profiler.tracked.has(id)).length;
      return `${code(name)} ${targetsOf(own.length)}${timed > 0 ? `, ${timed} timed` : ''}`;
    });
    if (cogs.length > shown.length) shown.push(`… and ${cogs.length - shown.length} more cogs`);
    const now = new Date();
    return {
      title: `${targetsOf(targets.length)} in ${cogs.length === 1 ? '1 cog' : `${cogs.length} cogs`}`,
      text: `${shown.join('\n')}\n\nThe file has them all.`,
      files: [{ name: fileName('methods', 'txt', now), content: listing(profiler, targets, now) }],
    };
  },
  autocomplete: (typed, profiler) => cogChoices(typed, profiler),
};

function listing(profiler: Profiler, targets: readonly Target[], at: Date): string {
  const lines = [
    `What can be timed in this bot: ${targetsOf(targets.length)}, ${at.toISOString()}`,
    '',
    '+ timed   - left out, with the reason   (blank) not timed',
  ];
  const byCog = [...Map.groupBy(targets, ({ cog }) => cog)].sort(([a], [b]) => a.localeCompare(b));
  for (const [cog, own] of byCog) {
    const timed = own.filter(({ id }) => profiler.tracked.has(id)).length;
    lines.push('', `${cog} (${own.length}, ${timed} timed)`);
    for (const { name: kind, label } of TARGET_KINDS) {
      const ofKind = own.filter((target) => target.kind === kind);
      if (ofKind.length === 0) continue;
      lines.push(`  ${label} (${ofKind.length})`);
      const ids = Math.max(...ofKind.map(({ id }) => id.length));
      for (const target of ofKind.sort((a, b) => a.id.localeCompare(b.id))) {
        lines.push(`  ${describe(profiler, target, ids)}`.trimEnd());
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

function describe(profiler: Profiler, target: Target, width: number): string {
  const reason = profiler.tracked.has(target.id) ? undefined : profiler.reasonAgainst(target);
  const mark = profiler.tracked.has(target.id) ? '+' : reason === undefined ? ' ' : '-';
  const { location, dispatches } = target;
  const remarks = [
    isAsync(target) ? 'async' : 'sync ',
    location && `${relative(profiler.rootDir, location.file)}:${location.line}`,
    dispatches && '(hands calls on: timed only by its own name)',
    reason && `(${reason})`,
  ];
  return `${mark} ${target.id.padEnd(width)}  ${remarks.filter(Boolean).join('  ')}`;
}

function isAsync({ slot }: Target): boolean {
  const fn = slot.get();
  return fn !== undefined && Object.prototype.toString.call(original(fn)) === '[object AsyncFunction]';
}
