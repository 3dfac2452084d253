import { LEAST_FLAME_SHARE, MOST_FLAME_ROWS } from '../../render/chart/flame.ts';
import { PHONE_WIDTH } from '../../render/page.ts';
import { code, codeBlock, cut, plain } from '../../render/text.ts';
import type { FlameBox } from '../../sampling/views/flame.ts';
import { Colours, flamePicture } from './pictures.ts';
import type { Looked, Tab } from './tabs.ts';
import { percentOf } from './words.ts';

const MOST_LINES = 24;
const DEEPEST_INDENT = 8;

export const flameTab = {
  name: 'flame',
  label: 'Flame graph',
  async draw({ service, recording, state, request }: Looked) {
    const query = { leastShare: LEAST_FLAME_SHARE, mostRows: MOST_FLAME_ROWS };
    const flame = await service.view([recording.id], 'flame', query);
    if (flame.boxes.length === 0) return { text: 'Nothing ran while this was recorded.' };
    const colours = new Colours(await service.view([recording.id], 'overview', undefined));
    const picture = state.chart ? await request.draw('flame', flamePicture(flame, colours)) : undefined;
    return {
      text: [
        'By cog and command, then from the first function of the bot on: what is below was called by what is above, and the wider it is, the more of the time it took.',
        ...(picture === undefined ? [codeBlock(outline(flame.boxes))] : []),
        `-# The file ${code('flamegraph')} has all of it, to zoom and search.`,
      ].join('\n'),
      image: picture && { name: 'flame.png', content: picture },
      hasChart: true,
    };
  },
} as const satisfies Tab;

/** The widest boxes as lines, each below what called it. */
function outline(boxes: readonly FlameBox[]): string {
  const widest = [...boxes].sort((a, b) => b.share - a.share || a.row - b.row).slice(0, MOST_LINES);
  return widest
    .sort((a, b) => a.from - b.from || a.row - b.row)
    .map(({ name, row, share }) => {
      const line = `${percentOf(share).padStart(5)} ${' '.repeat(Math.min(row, DEEPEST_INDENT))}${plain(name)}`;
      return cut(line, PHONE_WIDTH.embed);
    })
    .join('\n');
}
