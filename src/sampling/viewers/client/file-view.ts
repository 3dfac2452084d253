import { h } from './dom.ts';
import type { FileHeat, FunctionHeat, LineHeat } from './files.ts';
import type { Neighbour, Neighbours } from './functions.ts';
import type { Label } from './model.ts';
import { placeOf, shown } from './text.ts';
import { count, duration, percent } from './units.ts';

export interface HeatLook {
  readonly colourBy: 'self' | 'total';
  /** What took a smaller share of all the time is left out. */
  readonly coldest: number;
}

export interface FileContext {
  readonly look: HeatLook;
  /** All the time that shares are of. */
  readonly wholeUs: number;
  /** The lines of the file; undefined where they were not asked for. */
  readonly source: readonly string[] | undefined;
  /** The function whose callers and callees are shown. */
  readonly open: number | undefined;
  neighboursOf(label: Label): Neighbours;
  choose(label: Label): void;
}

const HOTTEST_ALPHA = 65;

/** A file from top to bottom: its functions with their figures, and below each its lines. */
export function fileRows(heat: FileHeat, context: FileContext): readonly HTMLElement[] {
  const { look, wholeUs, source } = context;
  const isCold = (us: number): boolean => us / wholeUs < look.coldest;
  const functions = heat.functions.filter(({ total }) => !isCold(total.weightUs));
  const hottest = {
    function: Math.max(...heat.functions.map((one) => heatOf(one, look))),
    line: Math.max(0, ...heat.functions.flatMap(({ lines }) => lines.map(({ selfUs }) => selfUs))),
  };
  const lines = addedUp(heat).filter(({ selfUs }) => !isCold(selfUs));
  const draw = (line: LineHeat): HTMLElement => lineRow(line, source, hottest.line, context);
  const head = (one: FunctionHeat): readonly HTMLElement[] => functionRow(one, hottest.function, context);
  if (source === undefined || look.coldest > 0) {
    return functions.flatMap((one) => [
      ...head(one),
      ...one.lines.filter(({ selfUs }) => !isCold(selfUs)).map(draw),
    ]);
  }
  const byLine = new Map(lines.map((line) => [line.line, line]));
  return [
    ...functions.filter(({ label }) => label.line < 1 || label.line > source.length).flatMap(head),
    ...source.flatMap((_, index) => {
      const line = index + 1;
      const begins = functions.filter(({ label }) => label.line === line).flatMap(head);
      return [...begins, draw(byLine.get(line) ?? { line, ticks: 0, selfUs: 0 })];
    }),
  ];
}

/** A line may be in several functions, one inside the other. */
function addedUp({ functions }: FileHeat): LineHeat[] {
  const lines = new Map<number, LineHeat>();
  for (const { line, ticks, selfUs } of functions.flatMap((one) => one.lines)) {
    const before = lines.get(line) ?? { line, ticks: 0, selfUs: 0 };
    lines.set(line, { line, ticks: before.ticks + ticks, selfUs: before.selfUs + selfUs });
  }
  return [...lines.values()];
}

function heatOf({ self, total }: FunctionHeat, { colourBy }: HeatLook): number {
  return colourBy === 'self' ? self.weightUs : total.weightUs;
}

function functionRow(one: FunctionHeat, hottest: number, context: FileContext): readonly HTMLElement[] {
  const { label, self, total } = one;
  const { look, wholeUs, open } = context;
  const isOpen = open === label.index;
  const row = h(
    'button',
    {
      class: 'function',
      type: 'button',
      id: `function-${label.index}`,
      'aria-expanded': String(isOpen),
      on: { click: () => context.choose(label) },
    },
    h('span', { class: 'function-name' }, `${shown(label.name)}${label.line > 0 ? ` :${label.line}` : ''}`),
    figure('self', self.weightUs, wholeUs),
    figure('total', total.weightUs, wholeUs),
  );
  colour(row, heatOf(one, look) / hottest);
  return isOpen ? [row, neighbourList(context.neighboursOf(label), context)] : [row];
}

function figure(title: string, us: number, wholeUs: number): HTMLElement {
  return h('span', { class: 'function-figure' }, `${title} ${percent(us / wholeUs)}, ${duration(us)}`);
}

function lineRow(
  { line, ticks, selfUs }: LineHeat,
  source: readonly string[] | undefined,
  hottest: number,
  { look, wholeUs }: FileContext,
): HTMLElement {
  const text = source?.[line - 1];
  const row = h(
    'div',
    { class: ticks === 0 ? 'line cold' : 'line' },
    h('span', { class: 'line-number' }, String(line)),
    h('span', { class: 'line-figure' }, ticks === 0 ? '' : percent(selfUs / wholeUs)),
    h('span', { class: 'line-figure wide' }, ticks === 0 ? '' : `${count(ticks)}×`),
    text === undefined
      ? h('span', { class: 'line-text quiet' }, duration(selfUs))
      : h('code', { class: 'line-text' }, shown(text.replaceAll('\t', '  '), 500)),
  );
  // A total is known of functions only.
  if (ticks > 0 && look.colourBy === 'self') colour(row, selfUs / hottest);
  return row;
}

function colour(row: HTMLElement, heat: number): void {
  const share = Number.isFinite(heat) ? Math.sqrt(heat) : 0;
  row.dataset['heat'] = String(share);
  row.style.setProperty('--heat', `${share * HOTTEST_ALPHA}%`);
}

function neighbourList({ callers, callees }: Neighbours, context: FileContext): HTMLElement {
  return h(
    'div',
    { class: 'neighbours' },
    neighbourColumn('Called by', callers, 'Nobody in the recording.', context),
    neighbourColumn('Calls', callees, 'Nothing in the recording.', context),
  );
}

function neighbourColumn(
  title: string,
  neighbours: readonly Neighbour[],
  none: string,
  { choose, wholeUs }: FileContext,
): HTMLElement {
  return h(
    'div',
    {},
    h('h3', {}, title),
    neighbours.length === 0 && h('p', { class: 'quiet' }, none),
    ...neighbours.map(({ label, measured }) =>
      h(
        'button',
        { class: 'entry', type: 'button', on: { click: () => choose(label) } },
        h('span', { class: 'entry-name' }, shown(label.name, 80)),
        h(
          'span',
          { class: 'quiet' },
          `${placeOf(label) || label.kind}: ${percent(measured.weightUs / wholeUs)}, ${duration(measured.weightUs)}`,
        ),
      ),
    ),
  );
}
