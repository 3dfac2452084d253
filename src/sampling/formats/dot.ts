import { edges, functionWeights } from '../functions.ts';
import { weightOf } from '../nodes.ts';
import type { ProfileFormat } from './format.ts';
import { functionName, functionPlace, inLine, percent } from './lines.ts';

/** From blue for what is cold to red, as hues of Graphviz. */
const COLDEST_HUE = 0.6;
const THICKEST_PT = 6;

/** Who calls whom as a graph, for Graphviz. */
export const dot: ProfileFormat = {
  name: 'dot',
  label: 'Graph of calls',
  extension: 'dot',
  mediaType: 'text/vnd.graphviz',
  viewers: ['Graphviz', 'xdot'],
  takes: ['minNodePercent', 'minEdgePercent'],
  encode(profile, { minNodePercent, minEdgePercent }) {
    const all = weightOf(profile).us;
    const { selfUs, totalUs } = functionWeights(profile);
    const shareOf = (us: number) => (all === 0 ? 0 : us / all);
    const isShown = Array.from(totalUs, (us) => us > 0 && 100 * shareOf(us) >= minNodePercent);
    const title = `${inLine(profile.name)}, nodes from ${minNodePercent} %, edges from ${minEdgePercent} %`;
    const lines = [
      'digraph {',
      `  graph [label=${quoted(title)}, labelloc=t]`,
      '  node [shape=box, style=filled, fontname="sans-serif", fontcolor=white]',
      '  edge [fontname="sans-serif"]',
    ];
    profile.frames.forEach((frame, index) => {
      if (!isShown[index]) return;
      const share = shareOf(totalUs[index]!);
      const label = [
        functionName(frame),
        functionPlace(frame),
        `${percent(totalUs[index]!, all)} (self ${percent(selfUs[index]!, all)})`,
      ];
      lines.push(
        `  f${index} [label=${quoted(...label.filter((text) => text !== ''))}, ${colour('fillcolor', share)}]`,
      );
    });
    for (const { from, to, us } of edges(profile)) {
      const share = shareOf(us);
      if (from === -1 || !isShown[from] || !isShown[to] || 100 * share < minEdgePercent) continue;
      const width = Math.max(0.5, THICKEST_PT * share).toFixed(2);
      const label = quoted(percent(us, all));
      lines.push(`  f${from} -> f${to} [label=${label}, penwidth=${width}, ${colour('color', share)}]`);
    }
    lines.push('}');
    return `${lines.join('\n')}\n`;
  },
};

function colour(attribute: string, share: number): string {
  // The root makes small shares tell from each other.
  const heat = Math.sqrt(Math.min(1, share));
  return `${attribute}="${(COLDEST_HUE * (1 - heat)).toFixed(3)} 0.700 ${(0.45 + 0.25 * heat).toFixed(3)}"`;
}

/** Lines, as a quoted string in which nothing but the breaks between them means anything. */
function quoted(...lines: readonly string[]): string {
  return `"${lines.map((line) => line.replace(/[\\"]/g, '\\$&')).join('\\n')}"`;
}
