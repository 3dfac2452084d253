import { checkField, h, selectField } from './dom.ts';
import { type GroupBy, threadName } from './model.ts';
import type { Look, Picture } from './picture.ts';
import { changeLegend } from './sidebar.ts';
import { MODES, type ModeName, type View } from './stacks.ts';
import { shown } from './text.ts';
import { percent } from './units.ts';

export interface ControlEvents {
  show(view: Partial<View>): void;
  change(look: Partial<Look>): void;
}

const ALL = '';
const SMALLEST_SHARES = [0.01, 0.001, 0.0001, 0];

/** What the person chooses of the picture. */
export function controls(picture: Picture, { show, change }: ControlEvents): HTMLElement {
  const { model, view, look } = picture;
  const newest = model.runs.length - 1;
  const threads = model.threads
    .map((thread, index) => ({ thread, index }))
    // Of two recordings there is no saying which thread of one is which of the other.
    .filter(({ thread }) => newest === 0 && thread.run === newest);
  const shards = [...new Set(model.threads.map(({ shard }) => shard))].sort((a, b) => a - b);
  const numberOf = (value: string): number | undefined => (value === ALL ? undefined : Number(value));
  return h(
    'section',
    { class: 'controls' },
    h('h2', {}, 'Show'),
    picture.isComparison &&
      selectField(
        'Compared',
        [
          { value: 'now', title: 'what there is now' },
          { value: 'gone', title: 'what is gone' },
        ],
        look.side,
        (side) => change({ side: side as Look['side'] }),
      ),
    picture.isComparison && changeLegend(),
    picture.words.isTime &&
      selectField(
        'Time',
        Object.entries(MODES).map(([value, { title }]) => ({ value, title })),
        view.mode,
        (mode) => show({ mode: mode as ModeName }),
      ),
    model.cogs.length > 0 &&
      selectField(
        'Cog',
        [
          { value: ALL, title: 'all' },
          ...model.cogs.map((cog) => ({ value: `=${cog}`, title: shown(cog, 60) })),
        ],
        view.cog === undefined ? ALL : `=${view.cog}`,
        (cog) => show({ cog: cog === ALL ? undefined : cog.slice(1) }),
      ),
    shards.length > 1 &&
      selectField(
        'Shard',
        [{ value: ALL, title: 'all' }, ...shards.map((shard) => ({ value: `${shard}`, title: `${shard}` }))],
        `${view.shard ?? ALL}`,
        (shard) => show({ shard: numberOf(shard) }),
      ),
    threads.length > 1 &&
      selectField(
        'Thread',
        [
          { value: ALL, title: 'all' },
          ...threads.map(({ thread, index }) => ({
            value: `${index}`,
            title: shown(threadName(thread), 60),
          })),
        ],
        `${view.thread ?? ALL}`,
        (thread) => show({ thread: numberOf(thread) }),
      ),
    selectField(
      'Group by',
      [
        { value: 'cog', title: 'cog and command' },
        { value: 'thread', title: 'thread' },
        { value: 'nothing', title: 'nothing' },
      ],
      view.groupBy,
      (groupBy) => show({ groupBy: groupBy as GroupBy }),
    ),
    !picture.isComparison &&
      selectField(
        'Colours',
        [
          { value: 'cog', title: 'by cog' },
          { value: 'kind', title: 'by kind of code' },
        ],
        look.colourBy,
        (colourBy) => change({ colourBy: colourBy as Look['colourBy'] }),
      ),
    selectField(
      'Small boxes',
      [...new Set([...SMALLEST_SHARES, model.smallestShare])]
        .sort((a, b) => b - a)
        .map((share) => ({
          value: `${share}`,
          title: share === 0 ? 'all that can be seen' : `as one under ${percent(share)}`,
        })),
      `${look.smallest}`,
      (smallest) => change({ smallest: Number(smallest) }),
    ),
    checkField(
      `Inverted: what ${picture.words.isTime ? 'ran' : 'allocated'}, then who called it`,
      view.isInverted,
      (isInverted) => show({ isInverted }),
    ),
    checkField('Inner functions of Node.js folded', view.isFolded, (isFolded) => show({ isFolded })),
    checkField('Begin at the bottom', look.isRootBelow, (isRootBelow) => change({ isRootBelow })),
  );
}
