import { CHANGES, cogColour, KIND_TITLES, labelColour } from './colours.ts';
import { bar, h, swatch } from './dom.ts';
import { cogTimes, LOOP_PARTS, loopTimes, targetTimes } from './facts.ts';
import { functionTimes } from './functions.ts';
import { type Label, type Model, threadName } from './model.ts';
import type { Picture } from './picture.ts';
import { stacksOf } from './stacks.ts';
import { placeOf, shown } from './text.ts';
import { count, duration, percent, plural, withError } from './units.ts';

export interface SidebarEvents {
  filterCog(cog: string | undefined): void;
  searchFor(label: Label): void;
  searchText(query: string): void;
}

const MOST_ROWS = 12;
const LOOP_COLOURS = {
  javascript: '#56b4e9',
  native: '#cc79a7',
  gc: '#d55e00',
  idle: '#8c95a5',
  profiler: '#f0e442',
} as const;

/** What stands beside the picture, of what its filters let through. */
export function sidebarSections(picture: Picture, events: SidebarEvents): readonly HTMLElement[] {
  return [
    ...(picture.isComparison ? [] : [legendSection(picture)]),
    ...(picture.words.isTime ? [section('The loop', ...loopPart(picture))] : []),
    section('Cogs', ...cogRows(picture, events)),
    ...(picture.words.isTime ? [section('Commands, listeners, tasks', ...targetRows(picture, events))] : []),
    section(picture.words.functions, ...functionRows(picture, events)),
    section(picture.words.isTime ? 'The recording' : 'The sample', ...runFacts(picture)),
  ];
}

function section(title: string, ...content: readonly HTMLElement[]): HTMLElement {
  return h('section', {}, h('h2', {}, title), ...content);
}

function legendSection({ look }: Picture): HTMLElement {
  if (look.colourBy === 'cog') {
    return section(
      'Colours',
      h('p', { class: 'quiet' }, 'By cog, as below. Grey: packages, Node.js, native code.'),
    );
  }
  const entries = Object.entries(KIND_TITLES).map(([kind, title]) => {
    const label = { kind } as Label;
    return h('li', {}, swatch(labelColour({ cogs: [] } as unknown as Model, label, 'kind')), title);
  });
  return section('Colours', h('ul', { class: 'legend' }, ...entries));
}

function loopPart({ model, view }: Picture): HTMLElement[] {
  const times = loopTimes(model, view);
  const whole = times.all.weightUs;
  if (whole === 0) return [nothingHere()];
  const strip = h('div', { class: 'strip', 'aria-hidden': 'true' });
  const rows = LOOP_PARTS.filter(({ part }) => times[part].weightUs > 0).map(({ part, title }) => {
    const share = times[part].weightUs / whole;
    const piece = h('span');
    piece.style.flexGrow = String(share);
    piece.style.backgroundColor = LOOP_COLOURS[part];
    strip.append(piece);
    return row(swatch(LOOP_COLOURS[part]), title, percent(share), duration(times[part].weightUs));
  });
  return [strip, h('ul', { class: 'rows' }, ...rows), ...stallRows({ model, view })];
}

function stallRows({ model, view }: Pick<Picture, 'model' | 'view'>): HTMLElement[] {
  const stalls = model.spans.filter(
    ({ kind, thread }) =>
      kind === 'stall' &&
      model.threads[thread]!.run === model.runs.length - 1 &&
      (view.thread === undefined || view.thread === thread) &&
      (view.shard === undefined || view.shard === model.threads[thread]!.shard),
  );
  if (stalls.length === 0) return [];
  const number = stalls.reduce((sum, stall) => sum + stall.count, 0);
  const longest = Math.max(...stalls.map(({ longestUs }) => longestUs));
  return [
    h('p', { class: 'quiet' }, `${plural(number, 'stall')} of the loop, the longest ${duration(longest)}.`),
  ];
}

function cogRows({ model, view, words }: Picture, { filterCog }: SidebarEvents): HTMLElement[] {
  const times = cogTimes(model, view);
  const whole = times.reduce((sum, { measured }) => sum + measured.weightUs, 0);
  if (whole === 0) return [nothingHere()];
  const samples = times.reduce((sum, { measured }) => sum + measured.count, 0);
  return limited(
    times.filter(({ measured }) => measured.weightUs > 0),
    ({ name, cog, measured }) => {
      const share = measured.weightUs / whole;
      const colour = cog === '' ? '#8c95a5' : cogColour(model, cog);
      const figures = withError(share, measured.count, samples);
      const line = [
        row(swatch(colour), shown(name, 60), figures, words.amount(measured.weightUs)),
        bar(share, colour),
      ];
      if (cog === '') return h('div', { class: 'entry' }, ...line);
      const isChosen = view.cog === cog;
      return h(
        'button',
        {
          class: 'entry',
          type: 'button',
          'aria-pressed': String(isChosen),
          title: isChosen ? 'Show all cogs again' : 'Show this cog only',
          on: { click: () => filterCog(isChosen ? undefined : cog) },
        },
        ...line,
      );
    },
  );
}

function targetRows({ model, view }: Picture, { searchText }: SidebarEvents): HTMLElement[] {
  const times = targetTimes(model, view);
  if (times.length === 0) return [nothingHere()];
  return limited(times, ({ name, cog, measured, calls, wallUs }) => {
    const wall = calls === 0 ? '' : `, ${plural(calls, 'call')} in ${duration(wallUs)}`;
    return h(
      'button',
      { class: 'entry', type: 'button', title: 'Find it', on: { click: () => searchText(name) } },
      h('span', { class: 'entry-name' }, swatch(cogColour(model, cog)), shown(name, 80)),
      h('span', { class: 'quiet' }, `${duration(measured.weightUs)} on the loop${wall}`),
    );
  });
}

function functionRows({ model, view }: Picture, { searchFor }: SidebarEvents): HTMLElement[] {
  const stacks = stacksOf(model, { ...view, isInverted: false, groupBy: 'nothing' });
  const times = functionTimes(model, stacks).filter(({ self }) => self.weightUs > 0);
  const whole = times.reduce((sum, { self }) => sum + self.weightUs, 0);
  if (whole === 0) return [nothingHere()];
  return limited(times, ({ label, self, total }) =>
    h(
      'button',
      { class: 'entry', type: 'button', title: 'Find it', on: { click: () => searchFor(label) } },
      h('span', { class: 'entry-name' }, swatch(labelColour(model, label, 'cog')), shown(label.name, 80)),
      h('span', { class: 'quiet' }, placeOf(label) || label.kind),
      h(
        'span',
        { class: 'quiet' },
        `self ${percent(self.weightUs / whole)}, total ${percent(total.weightUs / whole)}`,
      ),
    ),
  );
}

function limited<T>(items: readonly T[], draw: (item: T) => HTMLElement): HTMLElement[] {
  const rows = items.slice(0, MOST_ROWS).map(draw);
  if (items.length > rows.length) {
    rows.push(h('p', { class: 'quiet' }, `and ${count(items.length - rows.length)} more`));
  }
  return rows;
}

function runFacts({ model, view, words }: Picture): HTMLElement[] {
  return model.runs
    .map((run, index) => {
      const threads = model.threads.filter((thread) => thread.run === index);
      const facts: [string, string][] = [
        ['Bot', shown(run.name, 80)],
        [
          'Started',
          new Date(run.startedAtEpochMs).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'medium' }),
        ],
        ['Duration', duration(run.durationUs)],
        ['Node.js', shown(run.nodeVersion, 40)],
      ];
      let samples = 0;
      for (const [cell, thread] of model.cells.thread.entries()) {
        if (model.threads[thread]!.run === index) samples += model.cells.count[cell]!;
      }
      const missed = threads.reduce((sum, thread) => sum + thread.missed, 0);
      facts.push([
        'Samples',
        `${count(samples)}, one each ${words.amount(run.intervalUs)}${words.isTime ? ' asked for' : ''}`,
      ]);
      const aboutTime: [string, string][] = [
        [
          'Efficiency',
          samples + missed === 0 ? '–' : `${percent(samples / (samples + missed))} of the samples asked for`,
        ],
        ['Pause at start', duration(Math.max(0, ...threads.map(({ startPauseMs }) => startPauseMs)) * 1e3)],
        [
          'Threads',
          threads
            .slice(0, MOST_ROWS)
            .map((thread) => shown(threadName(thread), 60))
            .join('; '),
        ],
      ];
      if (words.isTime) facts.push(...aboutTime);
      const title = model.runs.length === 1 ? '' : index === 0 ? 'Before' : 'Now';
      return h(
        'div',
        {},
        title !== '' && h('h3', {}, title),
        h(
          'dl',
          { class: 'facts' },
          ...facts.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]),
        ),
      );
    })
    .concat(
      view.cog === undefined
        ? []
        : [h('p', { class: 'quiet' }, `Shown: the cog ${shown(view.cog, 60)} only.`)],
    );
}

function row(mark: HTMLElement, ...texts: readonly string[]): HTMLElement {
  const [title, ...figures] = texts;
  return h(
    'li',
    { class: 'row' },
    mark,
    h('span', { class: 'row-title' }, title!),
    ...figures.map((figure) => h('span', { class: 'row-figure' }, figure)),
  );
}

function nothingHere(): HTMLElement {
  return h('p', { class: 'quiet' }, 'Nothing was sampled here.');
}

/** What the colours of a comparison mean. */
export function changeLegend(): HTMLElement {
  return h(
    'ul',
    { class: 'legend' },
    ...Object.values(CHANGES).map(({ title, mark, colour }) =>
      h('li', {}, swatch(colour), `${mark} ${title}`.trim()),
    ),
  );
}
