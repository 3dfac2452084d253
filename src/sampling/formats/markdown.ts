import { sparkline } from '../../render/sparkline.ts';
import { code, escaped } from '../../render/text.ts';
import { formatDuration } from '../../render/units.ts';
import { callTimes } from '../calls.ts';
import { counterSummaries, formatCounter } from '../counters.ts';
import { filtered } from '../filter.ts';
import { findings } from '../findings.ts';
import { mainOwners } from '../flat.ts';
import { functionWeights, lineHits } from '../functions.ts';
import { type GroupLevel, groupShares } from '../groups.ts';
import { weightOf } from '../nodes.ts';
import type { Profile } from '../profile.ts';
import { formatShare } from '../uncertainty.ts';
import { targetTotals } from '../within.ts';
import type { ProfileFormat } from './format.ts';
import { factLines, functionName, functionPlace, inLine, percent } from './lines.ts';

/** Of the list of findings, and of each table: all of the report then fits an issue, and what a chat takes at once. */
const MOST_CHARACTERS = 2_300;
/** Of a name in a cell. */
const LONGEST_CELL = 60;
const CHART_WIDTH = 30;

interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What matters, to paste into an issue or a chat. */
export const markdown: ProfileFormat = {
  name: 'markdown',
  label: 'Report in Markdown',
  extension: 'md',
  mediaType: 'text/markdown',
  viewers: ['GitHub', 'any Markdown viewer', 'a chat'],
  takes: ['limit'],
  defaults: { limit: 10 },
  encode(profile, { limit }) {
    const running = filtered(profile, { mode: 'cpu' });
    const parts = [
      `# CPU profile of ${cell(profile.name)}`,
      factLines(profile)
        .slice(1)
        .map((line) => `- ${line}`)
        .join('\n'),
      findingsPart(profile, limit),
      ...[
        groupSection('By cog', running, 'cog'),
        groupSection('By command', running, 'command'),
        totalSection(running),
        callSection(profile),
        counterSection(profile),
        functionSection(running),
        lineSection(running),
      ].map((section) => sectionPart(section, limit)),
      'Shares are of the samples in which something ran; ± holds in 19 of 20 recordings.',
    ];
    return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
  },
};

/** As many lines as are wanted, and as fit, and how many are left. */
function linesOf(lines: readonly string[], limit: number): string {
  let length = 0;
  const shown = lines.slice(0, limit).filter((line) => (length += line.length + 1) <= MOST_CHARACTERS);
  const more = lines.length - shown.length;
  return more === 0 ? shown.join('\n') : `${shown.join('\n')}\n\n${more} more.`;
}

function findingsPart(profile: Profile, limit: number): string {
  const found = findings(profile);
  if (found.length === 0) return '## Findings\n\nNothing stands out.';
  const lines = found.map(({ title, advice, count, samples, owner, site }) => {
    const where = site === undefined ? '' : `, from ${cell(functionName(site))} ${cell(functionPlace(site))}`;
    const share = `${formatShare(count, samples)} of what ran, most of it ${cell(owner)}${where}`;
    return `- **${escaped(inLine(title))}**: ${share}. ${advice}`;
  });
  return `## Findings\n\n${linesOf(lines, limit)}`;
}

function sectionPart({ title, head, rows }: Section, limit: number): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const above = [line(head), line(head.map(() => '---'))].join('\n');
  return `## ${title}\n\n${above}\n${linesOf(rows.map(line), limit)}`;
}

function groupSection(title: string, profile: Profile, level: GroupLevel): Section {
  const all = weightOf(profile).count;
  const rows = groupShares(profile, level).map(({ name, count, us }) => {
    return [cell(name), formatShare(count, all), formatDuration(us / 1_000)];
  });
  return { title, head: [level, 'share', 'time'], rows };
}

function totalSection(profile: Profile): Section {
  const all = weightOf(profile).count;
  const rows = targetTotals(profile).map(({ name, self, count, us }) => {
    const shares = [formatShare(self.count, all), formatShare(count, all)];
    return [cell(name), ...shares, formatDuration(us / 1_000)];
  });
  return { title: 'With the calls that they make', head: ['command', 'own share', 'share', 'time'], rows };
}

function callSection(profile: Profile): Section {
  const rows = callTimes(profile).map(({ target, calls, wallUs, ownUs, othersUs, idleUs }) => [
    cell(target),
    String(calls),
    formatDuration(wallUs / calls / 1_000),
    percent(ownUs, wallUs),
    percent(othersUs, wallUs),
    percent(idleUs, wallUs),
  ]);
  const head = ['calls of', 'calls', 'mean', 'its code ran', 'other code ran', 'it waited'];
  return { title: 'What the time of calls was', head, rows };
}

function counterSection(profile: Profile): Section {
  const rows = counterSummaries(profile).map((counter) => {
    const { name, mean, least, greatest, values } = counter;
    const figures = [mean, least, greatest].map((value) => cell(formatCounter(value, counter)));
    return [cell(name), ...figures, sparkline(values, CHART_WIDTH)];
  });
  return { title: 'Over time', head: ['what', 'mean', 'least', 'greatest', 'from begin to end'], rows };
}

function functionSection(profile: Profile): Section {
  const all = weightOf(profile).count;
  const owners = mainOwners(profile);
  const { selfCount, totalCount } = functionWeights(profile);
  const rows = [...profile.frames.keys()]
    .filter((index) => selfCount[index]! > 0)
    .sort((a, b) => selfCount[b]! - selfCount[a]! || totalCount[b]! - totalCount[a]!)
    .map((index) => {
      const frame = profile.frames[index]!;
      return [
        ...[cell(functionName(frame)), cell(functionPlace(frame) || '–')],
        ...[formatShare(selfCount[index]!, all), percent(totalCount[index]!, all), cell(owners[index]!)],
      ];
    });
  return { title: 'Hot functions', head: ['function', 'where', 'self', 'total', 'owner'], rows };
}

function lineSection(profile: Profile): Section {
  const all = weightOf(profile).count;
  const rows = lineHits(profile)
    .filter(({ line, frame }) => line > 0 && profile.frames[frame]!.kind === 'bot')
    .map(({ frame, line, count }) => {
      const { name, file } = profile.frames[frame]!;
      return [cell(functionPlace({ file, line })), formatShare(count, all), cell(functionName({ name }))];
    });
  return { title: 'Hot lines', head: ['line', 'share', 'function'], rows };
}

/** As code in a cell of a table: a bar would end the cell, even there. */
function cell(text: string): string {
  const short = inLine(text);
  const kept = short.length <= LONGEST_CELL ? short : `${short.slice(0, LONGEST_CELL - 1).toWellFormed()}…`;
  return code(kept || '(anonymous)').replaceAll('|', '\\|');
}
