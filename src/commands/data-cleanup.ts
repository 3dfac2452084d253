import { formatBytes, formatSpan, plural } from '../render/units.ts';
import type { LevelSize } from '../store/archive.ts';
import { ABOUT_VALUES, packed, totalOf } from './pages/sizes.ts';
import type { Subcommand } from './subcommand.ts';

export const cleanup: Subcommand = {
  group: 'data',
  name: 'cleanup',
  description: 'Remove now what is too old to be kept; it happens by itself, too',
  async run({ profiler }) {
    const before = await profiler.storageSize();
    await profiler.flush();
    const after = await profiler.storageSize();
    const { values, bytes } = totalOf(removed(before.levels, after.levels));
    return {
      title:
        values > 0 ? `Removed ${plural(values, 'value')}, ${formatBytes(bytes)}` : 'Nothing too old is left',
      text: [
        `Figures are kept for ${formatSpan(profiler.retentionMs)}, and removed by themselves, every ten seconds.`,
        'Minutes go once they are in an hour, and hours once they are in a day: their calls still count.',
      ].join('\n'),
      fields: [
        { name: 'Before', value: packed(before) },
        { name: 'After', value: packed(after) },
      ],
      footer: ABOUT_VALUES,
      tone: 'good',
    };
  },
};

/** Level by level, as what was new may have been packed up meanwhile. */
function removed(before: readonly LevelSize[], after: readonly LevelSize[]): LevelSize[] {
  return before.map(({ level, values, chars }) => {
    const left = after.find((size) => size.level === level);
    return {
      level,
      values: Math.max(0, values - (left?.values ?? 0)),
      chars: Math.max(0, chars - (left?.chars ?? 0)),
    };
  });
}
