import { CHANGES } from './colours.ts';
import { growthOf } from './compare.ts';
import { h } from './dom.ts';
import type { Box } from './layout.ts';
import type { Label, LineHits } from './model.ts';
import type { Picture } from './picture.ts';
import { placeOf, shown } from './text.ts';
import type { Measured, TreeNode } from './tree.ts';
import { duration, percent, plural, withError } from './units.ts';

const MOST_OWNERS = 3;

/** All that is known of a box. */
export function detailsOf(picture: Picture, box: Box): readonly HTMLElement[] {
  const { node, smallCount } = box;
  if (smallCount > 0) {
    return [
      h('strong', { class: 'details-name' }, `… ${smallCount} small`),
      h(
        'p',
        {},
        `${plural(smallCount, 'function')}, each under what is drawn by itself. Zoom in to see them.`,
      ),
    ];
  }
  const label = picture.labelOf(node);
  const rows: [string, string][] = [];
  const { self } = node;
  rows.push(['Total', measuredText(picture, node)], ['Self', measuredText(picture, self)]);
  if (picture.isComparison) rows.push(...comparedRows(picture, node));
  const hottest = label === undefined ? undefined : hottestOf(label);
  if (hottest !== undefined) rows.push(['Hottest line', hottest.text]);
  const owners = ownersOf(picture, node);
  if (owners !== '') rows.push(['On behalf of', owners]);
  const source = hottest && picture.model.sources.get(label!.file)?.[hottest.hits.line - 1];
  return [
    h('strong', { class: 'details-name' }, picture.nameOf(node)),
    h('span', { class: 'details-place' }, label === undefined ? '' : placeOf(label, true)),
    h('span', { class: 'details-kind' }, label === undefined ? '' : kindOf(label)),
    h('dl', {}, ...rows.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
    ...(source === undefined ? [] : [h('pre', {}, shown(source.trim()))]),
  ];
}

function kindOf({ kind, cog, package: pack }: Label): string {
  if (kind === 'bot') return cog === '' ? 'the bot, in no cog' : `cog ${shown(cog)}`;
  if (kind === 'package') return `package ${shown(pack)}`;
  if (kind === 'node') return 'Node.js';
  if (kind === 'group') return '';
  if (kind === 'awaiting') return 'a call that waited for what is called here';
  return kind === 'native' ? 'native code' : kind;
}

/** Such as `1.2 s, 14 ± 1.3 %, 132 samples`. */
function measuredText(picture: Picture, measured: Measured): string {
  const samples = picture.samplesOf(measured);
  const share = withError(picture.shareOf(measured), samples, picture.samplesOf(picture.tree.root));
  return `${picture.words.amount(picture.widthOf(measured))}, ${share}, ${plural(samples, 'sample')}`;
}

function comparedRows(picture: Picture, node: TreeNode): [string, string][] {
  const { recorded } = picture;
  const change = picture.changeOf(node);
  const growth = growthOf(node, recorded);
  const by = change === 'slower' || change === 'faster' ? ` by ${percent(Math.abs(growth))}` : '';
  return [
    ['Before', perSecond(node.baseWeightUs, recorded.baseWeightUs)],
    ['Now', perSecond(node.weightUs, recorded.weightUs)],
    ['Change', `${CHANGES[change].title}${by}`],
  ];
}

function perSecond(weightUs: number, ofUs: number): string {
  return ofUs === 0 ? '–' : `${duration((weightUs / ofUs) * 1e6)} of a second`;
}

function hottestOf({ file, lines }: Label): { hits: LineHits; text: string } | undefined {
  if (file === '' || lines.length === 0) return undefined;
  const all = lines.reduce((sum, { ticks }) => sum + ticks, 0);
  const hits = lines.reduce((best, one) => (one.ticks > best.ticks ? one : best));
  if (hits.line === 0) return undefined;
  return { hits, text: `${hits.line}, in ${percent(hits.ticks / all)} of its own samples` };
}

/** Whose calls were served, the most first. */
function ownersOf({ model, tree, look }: Picture, node: TreeNode): string {
  const times = new Map<string, number>();
  let all = 0;
  for (const cell of tree.cellsOf(node)) {
    const { run } = model.threads[model.cells.thread[cell]!]!;
    if (model.runs.length > 1 && (run === 0) !== (look.side === 'gone')) continue;
    const { kind, name, cog } = model.owners[model.cells.owner[cell]!]!;
    const owner = kind === 'cog' ? `cog ${cog}` : kind === 'package' ? `package ${name}` : name || kind;
    times.set(owner, (times.get(owner) ?? 0) + model.cells.weightUs[cell]!);
    all += model.cells.weightUs[cell]!;
  }
  const most = [...times].sort(([, a], [, b]) => b - a);
  const texts = most.slice(0, MOST_OWNERS).map(([owner, us]) => `${shown(owner, 80)} ${percent(us / all)}`);
  const rest = most.length - texts.length;
  return texts.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
