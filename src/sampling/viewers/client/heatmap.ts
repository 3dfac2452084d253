import type { Payload } from '../payload.ts';
import { h, selectField } from './dom.ts';
import { drawerFor } from './drawer.ts';
import { fileList, type ListedFile } from './file-list.ts';
import { fileRows, type HeatLook } from './file-view.ts';
import { type FileGroup, type FileHeat, fileGroups } from './files.ts';
import { neighboursOf } from './functions.ts';
import { Minimap, type Stripe } from './minimap.ts';
import { type Label, unpack } from './model.ts';
import { MODES, type ModeName, stacksOf } from './stacks.ts';
import { shown } from './text.ts';
import { themeButton } from './theme.ts';
import { duration, percent, plural } from './units.ts';

const model = unpack(JSON.parse(document.getElementById('payload')!.textContent!) as Payload);
const title = shown(model.runs.at(-1)!.name, 120);
const COLDEST = [0, 0.001, 0.01, 0.05];

let mode: ModeName = 'cpu';
let look: HeatLook = { colourBy: 'self', coldest: 0 };
let filter = '';
let stacks = stacksFor(mode);
let groups = fileGroups(model, stacks);
let shownFile: ListedFile | undefined;
let openLabel: number | undefined;

const side = h('aside', { class: 'side', 'aria-label': 'Files' });
const drawer = drawerFor(side, 'Files');
const list = h('nav', { 'aria-label': 'Files' });
const heading = h('div', { class: 'file-head' });
const rows = h('div', { class: 'file', tabindex: '0', 'aria-label': 'Functions and lines' });
const minimap = new Minimap(rows);

function stacksFor(wanted: ModeName) {
  return stacksOf(model, {
    mode: wanted,
    thread: undefined,
    shard: undefined,
    cog: undefined,
    groupBy: 'nothing',
    isInverted: false,
    isFolded: false,
  });
}

function wholeUs(): number {
  return groups.reduce((sum, { selfUs }) => sum + selfUs, 0);
}

function controlFields(): HTMLElement {
  return h(
    'section',
    { class: 'controls' },
    h('input', {
      type: 'search',
      placeholder: 'Find a file or a function',
      'aria-label': 'Find a file or a function',
      spellcheck: 'false',
      maxlength: '200',
      on: {
        input: (event) => {
          filter = (event.target as HTMLInputElement).value.toLowerCase();
          showList();
        },
      },
    }),
    selectField(
      'Time',
      Object.entries(MODES).map(([value, known]) => ({ value, title: known.title })),
      mode,
      (value) => {
        mode = value as ModeName;
        stacks = stacksFor(mode);
        groups = fileGroups(model, stacks);
        const before = shownFile;
        shownFile = placeOfFile(
          (heat, group) => heat.file === before?.heat.file && group.title === before.group.title,
        );
        shownFile ??= hottestFile();
        showList();
        showFile();
      },
    ),
    selectField(
      'Colour',
      [
        { value: 'self', title: 'by own time' },
        { value: 'total', title: 'functions by total time' },
      ],
      look.colourBy,
      (colourBy) => {
        look = { ...look, colourBy: colourBy as HeatLook['colourBy'] };
        showFile();
      },
    ),
    selectField(
      'Cold code',
      COLDEST.map((share) => ({
        value: `${share}`,
        title: share === 0 ? 'shown' : `hidden under ${percent(share)}`,
      })),
      `${look.coldest}`,
      (coldest) => {
        look = { ...look, coldest: Number(coldest) };
        showFile();
      },
    ),
  );
}

function showList(): void {
  list.replaceChildren(
    ...fileList(model, groups, shownFile, filter, (file) => {
      shownFile = file;
      openLabel = undefined;
      drawer.close();
      showList();
      showFile(true);
    }),
  );
}

function showFile(isOther = false): void {
  if (shownFile === undefined) {
    heading.replaceChildren(
      h('p', { class: 'empty' }, 'Nothing was sampled: choose “Wall” to see idle time.'),
    );
    rows.replaceChildren();
    minimap.show([]);
    return;
  }
  const { heat, group } = shownFile;
  const source = model.sources.get(heat.file);
  heading.replaceChildren(
    h('h2', {}, shown(heat.file) || 'In no file'),
    h(
      'p',
      { class: 'quiet' },
      `${shown(group.title, 80)}. ${percent(heat.selfUs / wholeUs())} of ${duration(wholeUs())}, in ${plural(heat.functions.length, 'function')}.`,
    ),
    h(
      'p',
      { class: 'quiet' },
      `V8 tells which line ran only of the innermost function: totals are of functions.${source === undefined ? ' Only lines that ran are shown: the code was not asked for.' : ''}`,
    ),
  );
  const drawn = fileRows(heat, {
    look,
    wholeUs: wholeUs(),
    source,
    open: openLabel,
    neighboursOf: (label) => neighboursOf(model, stacks, label.index),
    choose,
  });
  rows.replaceChildren(...drawn);
  if (drawn.length === 0)
    rows.append(h('p', { class: 'empty' }, 'All of this file is colder than what is shown.'));
  if (isOther) rows.scrollTop = 0;
  minimap.show(stripesOf(drawn));
}

function stripesOf(drawn: readonly HTMLElement[]): Stripe[] {
  const whole = rows.scrollHeight;
  const first = rows.offsetTop;
  return drawn.flatMap((row) => {
    const heat = Number(row.dataset['heat'] ?? 0);
    if (heat === 0) return [];
    const from = (row.offsetTop - first) / whole;
    return [{ from, to: from + row.offsetHeight / whole, heat }];
  });
}

/** Opens a function where it is written, or closes it. */
function choose(label: Label): void {
  const place = placeOfFile((heat) => heat.functions.some((one) => one.label.index === label.index));
  if (place === undefined) return;
  const isOther = place.heat !== shownFile?.heat;
  openLabel = openLabel === label.index && !isOther ? undefined : label.index;
  shownFile = place;
  // What is too cold would not be there to be opened.
  const one = place.heat.functions.find((known) => known.label.index === label.index)!;
  if (one.total.weightUs / wholeUs() < look.coldest) {
    look = { ...look, coldest: 0 };
    side.firstElementChild!.replaceWith(controlFields());
  }
  showList();
  showFile();
  const row = document.getElementById(`function-${label.index}`);
  row?.scrollIntoView({ block: 'nearest' });
  row?.focus({ preventScroll: true });
}

function placeOfFile(isIt: (heat: FileHeat, group: FileGroup) => boolean): ListedFile | undefined {
  for (const group of groups) {
    const heat = group.files.find((file) => isIt(file, group));
    if (heat !== undefined) return { group, heat };
  }
  return undefined;
}

function hottestFile(): ListedFile | undefined {
  const [group] = groups;
  return group && { group, heat: group.files[0]! };
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') drawer.close();
  else if (event.key === '/' && !(event.target instanceof HTMLInputElement)) {
    event.preventDefault();
    side.querySelector('input')!.focus();
  }
});

shownFile = hottestFile();
side.append(controlFields(), list);
document.getElementById('app')!.append(
  h(
    'header',
    {},
    drawer.button,
    h('h1', {}, `${title}: lines`),
    themeButton(() => minimap.draw()),
  ),
  side,
  drawer.shade,
  h('main', {}, heading, h('div', { class: 'file-box' }, rows, minimap.element)),
);
showList();
showFile();
