import type { Payload } from '../payload.ts';
import { FlameCanvas } from './canvas.ts';
import { controls } from './controls.ts';
import { detailsOf } from './details.ts';
import { download, h } from './dom.ts';
import { drawerFor } from './drawer.ts';
import type { Box } from './layout.ts';
import { unpack } from './model.ts';
import { Picture } from './picture.ts';
import { queryFor } from './search.ts';
import { sidebarSections } from './sidebar.ts';
import { MODES } from './stacks.ts';
import { svgOf } from './svg.ts';
import { shown } from './text.ts';
import { themeButton } from './theme.ts';
import { Tooltip } from './tooltip.ts';
import { pathTo, type TreeNode } from './tree.ts';
import { duration, percent, plural, withError } from './units.ts';

const SEARCH_DELAY_MS = 120;

const payload = JSON.parse(document.getElementById('payload')!.textContent!) as Payload;
const picture = new Picture(unpack(payload));
const title = shown(picture.model.runs.at(-1)!.name, 120);

const side = h('aside', { class: 'side', 'aria-label': 'Choices and figures' });
const drawer = drawerFor(side, 'Choices and figures');
const crumbs = h('nav', { class: 'crumbs', 'aria-label': 'Where the picture begins' });
const status = h('p', { class: 'status' });
const announced = h('p', { class: 'unseen', 'aria-live': 'polite' });
const foundText = h('output', { class: 'found' });
const searchBox = h('input', {
  type: 'search',
  placeholder: 'Search: name, play.js:42, cog:music',
  'aria-label': 'Search functions: by name, by file:line, by cog:name',
  autocomplete: 'off',
  spellcheck: 'false',
  maxlength: '200',
});
const tooltip = new Tooltip({
  zoom: (box) => open(box),
  find: (box) => {
    const label = picture.labelOf(box.node);
    if (label !== undefined) searchFor(queryFor(label));
  },
});
const canvas = new FlameCanvas(picture, {
  hover: (box, at) => {
    if (box === undefined) tooltip.hide();
    else tooltip.showAt(at, detailsOf(picture, box));
  },
  pick: (box) => {
    const details = detailsOf(picture, box);
    announced.textContent = details.map(({ textContent }) => textContent).join('. ');
    tooltip.showSheet(box, details);
  },
  open,
});
const empty = h('p', { class: 'empty', hidden: true });

function open({ node, smallCount }: Box): void {
  // What is already where the picture begins leads back out.
  zoomTo(node === picture.top && smallCount === 0 ? (node.parent ?? node) : node);
}

function zoomTo(node: TreeNode): void {
  picture.top = node;
  refresh(true);
}

function refresh(isOther: boolean): void {
  tooltip.hide();
  canvas.refresh(isOther);
  showCrumbs();
  showStatus();
  showFound();
}

function refreshAll(): void {
  refresh(true);
  showSide();
}

function showCrumbs(): void {
  const path = [picture.tree.root, ...pathTo(picture.top)];
  crumbs.replaceChildren(
    ...path.map((node, index) =>
      h(
        'button',
        {
          type: 'button',
          'aria-current': index === path.length - 1 ? 'true' : undefined,
          on: { click: () => zoomTo(node) },
        },
        picture.nameOf(node),
      ),
    ),
  );
  crumbs.scrollLeft = crumbs.scrollWidth;
}

function showStatus(): void {
  const { tree, look, view, recorded, words } = picture;
  const whole = picture.widthOf(tree.root);
  const samples = picture.samplesOf(tree.root);
  const ofUs = look.side === 'gone' ? recorded.baseWeightUs : recorded.weightUs;
  const small =
    look.smallest === 0 ? '' : ` What is under ${percent(look.smallest)} of the picture is drawn as one box.`;
  const of = words.isTime ? `${MODES[view.mode].title}. ` : '';
  status.textContent = `${of}${plural(samples, 'sample')}, ${words.amount(whole)} of ${words.amount(ofUs)} ${words.isTime ? 'recorded' : 'sampled'}.${small}`;
  empty.hidden = samples > 0;
  empty.textContent =
    recorded.count + recorded.baseCount === 0
      ? 'There are no samples: nothing was recorded here.'
      : look.side === 'gone'
        ? 'Nothing is gone: all that was there before is there now.'
        : words.leftOut;
}

function showFound(): void {
  const { found, tree } = picture;
  if (found === undefined) {
    foundText.textContent = '';
    return;
  }
  const samples = picture.samplesOf(found.measured);
  const share = withError(picture.shareOf(found.measured), samples, picture.samplesOf(tree.root));
  foundText.textContent =
    found.labelCount === 0
      ? 'nothing found'
      : `${plural(found.labelCount, 'function')}, ${share} of ${picture.words.whole}`;
}

function showSide(): void {
  side.replaceChildren(
    controls(picture, {
      show: (view) => {
        picture.show(view);
        refreshAll();
      },
      change: (look) => {
        picture.change(look);
        refreshAll();
      },
    }),
    ...sidebarSections(picture, {
      filterCog: (cog) => {
        picture.show({ cog });
        refreshAll();
      },
      searchFor: (label) => searchFor(queryFor(label)),
      searchText: searchFor,
    }),
  );
}

function searchFor(query: string): void {
  searchBox.value = query;
  picture.search(query);
  drawer.close();
  refresh(false);
}

function search(): void {
  clearTimeout(searchTimer);
  picture.search(searchBox.value);
  refresh(false);
}

let searchTimer = 0;
searchBox.addEventListener('input', () => {
  clearTimeout(searchTimer);
  searchTimer = setTimeout(search, SEARCH_DELAY_MS);
});

document.addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (event.key === 'Escape') {
    // The nearest thing first.
    if (drawer.close() || tooltip.hide()) return;
    if (picture.query !== '') searchFor('');
    else if (picture.top.parent !== undefined) zoomTo(picture.tree.root);
    canvas.element.focus({ preventScroll: true });
  } else if (event.key === '/' && !isTyping) {
    event.preventDefault();
    searchBox.focus();
    searchBox.select();
  } else if (event.key === 'Backspace' && !isTyping && picture.top.parent !== undefined) {
    zoomTo(picture.top.parent);
  } else if (event.key === 'Enter' && event.target === searchBox) {
    search();
    canvas.element.focus({ preventScroll: true });
  }
});

function factsLine(): string {
  const { runs, threads } = picture.model;
  const newest = threads.filter(({ run }) => run === runs.length - 1).length;
  const facts = `${duration(runs.at(-1)!.durationUs)}, ${plural(newest, 'thread')}`;
  return picture.isComparison ? `compared with an earlier recording; ${facts}` : facts;
}

function fileName(): string {
  return `${title.replaceAll(/[^\w-]+/g, '-').slice(0, 60) || 'profile'}-flame-graph.svg`;
}

const exportButton = h(
  'button',
  {
    class: 'icon-button',
    type: 'button',
    title: 'Save what is drawn as an SVG file',
    on: {
      click: () => download(fileName(), svgOf(picture, `${title}: ${status.textContent}`), 'image/svg+xml'),
    },
  },
  'SVG',
);

document.getElementById('app')!.append(
  h(
    'header',
    {},
    drawer.button,
    h('h1', {}, title),
    h('span', { class: 'quiet facts-line' }, factsLine()),
    h('div', { class: 'search' }, searchBox, foundText),
    exportButton,
    themeButton(() => canvas.draw()),
  ),
  side,
  drawer.shade,
  h('main', {}, crumbs, status, empty, canvas.element, announced),
  tooltip.element,
);
refreshAll();
