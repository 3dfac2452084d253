import { filtered } from './filter.ts';
import { mainOwners } from './flat.ts';
import { functionWeights, lineHits, placeOf } from './functions.ts';
import { ownerName } from './groups.ts';
import { type Weight, weightOf } from './nodes.ts';
import type { Frame, Profile } from './profile.ts';
import { formatShare } from './uncertainty.ts';

/** Something that stands out, and what shows it. */
export interface Finding extends Weight {
  readonly name: string;
  readonly title: string;
  readonly advice: string;
  /** All samples in which something ran. */
  readonly samples: number;
  /** Whom most of it belongs to. */
  readonly owner: string;
  /** The function of the bot, or the line, that most of it comes from; undefined where none does. */
  readonly site?: Pick<Frame, 'name' | 'file' | 'line'>;
}

/** What functions there are on a stack says something about it. */
interface StackRule {
  readonly name: string;
  readonly title: string;
  readonly advice: string;
  /** The share from which on it is told. */
  readonly least: number;
  matches(frame: Frame): boolean;
  /** Whether a function that was called from there is a matter of its own; the bot's functions always are. */
  ends?(frame: Frame): boolean;
}

/** Functions of Node that hold the loop until they are done. */
function synchronous(...files: readonly string[]): StackRule['matches'] {
  return ({ file, name }) =>
    name.endsWith('Sync') && files.some((one) => file === one || file.startsWith(`${one}/`));
}

const HOLDS_LOOP = 'Nothing else runs meanwhile';

const STACK_RULES: readonly StackRule[] = [
  {
    name: 'gc',
    title: 'Garbage is collected',
    advice:
      'Look for what allocates: copies of large objects, strings that are put together, caches that are rebuilt.',
    least: 0.1,
    matches: ({ kind }) => kind === 'gc',
  },
  {
    name: 'sync-fs',
    title: 'Files are read or written synchronously',
    advice: `${HOLDS_LOOP}: use \`node:fs/promises\`.`,
    least: 0.02,
    matches: synchronous('node:fs'),
  },
  {
    name: 'sync-crypto',
    title: 'Cryptography runs synchronously',
    advice: `${HOLDS_LOOP}: the same functions without \`Sync\` run in other threads.`,
    least: 0.02,
    matches: synchronous('node:crypto', 'node:internal/crypto'),
  },
  {
    name: 'sync-zlib',
    title: 'Data is compressed or unpacked synchronously',
    advice: `${HOLDS_LOOP}: the same functions without \`Sync\` run in other threads.`,
    least: 0.02,
    matches: synchronous('node:zlib'),
  },
  {
    name: 'sync-process',
    title: 'Other programs are waited for synchronously',
    advice: `${HOLDS_LOOP}: use \`execFile\` or \`spawn\`.`,
    least: 0.02,
    matches: synchronous('node:child_process', 'node:internal/child_process'),
  },
  {
    name: 'discord-cache',
    title: 'discord.js keeps its caches up to date',
    advice: 'Ask for fewer intents, or limit caches with `makeCache` and sweepers.',
    least: 0.1,
    matches: ({ package: pack, name }) =>
      pack === '@discordjs/collection' ||
      (pack === 'discord.js' && ['_patch', '_add', '_update'].includes(name)),
  },
];

/** V8 counts built-in functions as part of the line that calls them: what is called, the source tells. */
interface LineRule extends Omit<StackRule, 'matches'> {
  readonly pattern: RegExp;
}

const LINE_RULES: readonly LineRule[] = [
  {
    name: 'json',
    title: 'A line that parses or writes JSON is hot',
    advice: 'Keep the parsed value, or read and write less at once.',
    least: 0.05,
    pattern: /\bJSON\s*\.\s*(parse|stringify)\b/,
  },
  {
    name: 'regexp',
    title: 'A line that runs a regular expression is hot',
    advice: 'Nested repetitions such as `(a+)+` take exponentially long on text that nearly matches.',
    least: 0.05,
    pattern: /\.\s*(test|exec|matchAll?)\s*\(|\.\s*(replace(All)?|search|split)\s*\(\s*\//,
  },
];

const PACKAGE_LEAST = 0.1;
const HOT_LINE_LEAST = 0.1;
/** Fewer samples are no evidence. */
const FEWEST_SAMPLES = 5;

/** What stands out in a profile, the most first. Drawn from stacks and lines; times of waiting are not in it. */
export function findings(
  profile: Profile,
  /** A line of source code, where it may be looked at. */
  lineAt: (file: string, line: number) => string | undefined = () => undefined,
): Finding[] {
  const running = filtered(profile, { mode: 'cpu' });
  const all = weightOf(running).count;
  const found = [
    ...STACK_RULES.map((rule) => stackFinding(running, all, rule)),
    ...packagesOf(running, all).map((name) => stackFinding(running, all, packageRule(name))),
    ...lineFindings(running, all, lineAt),
  ];
  return found.filter((finding) => finding !== undefined).sort((a, b) => b.count - a.count);
}

/** Such as `23.1 % ± 2.0 of what ran, most of it music/command/play, play (cogs/music.js:12)`. */
export function evidenceOf({ count, samples, owner, site }: Finding): string {
  const text = `${formatShare(count, samples)} of what ran, most of it ${owner}`;
  return site === undefined ? text : `${text}, ${site.name} (${placeOf(site)})`;
}

function stackFinding(profile: Profile, all: number, rule: StackRule): Finding | undefined {
  const { frames, nodes, threads, owners } = profile;
  const isMatch = frames.map((frame) => rule.matches(frame));
  const isEnd = frames.map((frame) => frame.kind === 'bot' || (rule.ends?.(frame) ?? false));
  const isIn = new Uint8Array(nodes.frame.length);
  /** The innermost function of the bot. */
  const sites = new Int32Array(nodes.frame.length).fill(-1);
  nodes.frame.forEach((frame, node) => {
    const above = nodes.parent[node]!;
    isIn[node] = isMatch[frame] || (isIn[above] === 1 && !isEnd[frame]) ? 1 : 0;
    sites[node] = frames[frame]!.kind === 'bot' ? frame : (sites[above] ?? -1);
  });
  let [count, us] = [0, 0];
  const names = owners.map(ownerName);
  const byOwner = new Map<string, number>();
  const bySite = new Float64Array(frames.length);
  for (const { node, owner, weightUs } of threads) {
    for (let sample = 0; sample < node.length; sample++) {
      const at = node[sample]!;
      if (isIn[at] !== 1) continue;
      count++;
      us += weightUs[sample]!;
      const name = names[owner[sample]!]!;
      byOwner.set(name, (byOwner.get(name) ?? 0) + 1);
      if (sites[at] !== -1) bySite[sites[at]!]!++;
    }
  }
  if (count < FEWEST_SAMPLES || count / all < rule.least) return undefined;
  const site = frames[indexOfMost(bySite)];
  const isSiteKnown = site !== undefined && bySite.some((hits) => hits > 0);
  return {
    ...told(rule, count, us, all),
    owner: [...byOwner.keys()][indexOfMost(Float64Array.from(byOwner.values()))]!,
    ...(isSiteKnown && { site: { name: site.name, file: site.file, line: site.line } }),
  };
}

function told(
  { name, title, advice }: Omit<StackRule, 'matches'>,
  count: number,
  us: number,
  samples: number,
) {
  return { name, title, advice, count, us, samples };
}

/** The packages that can have taken as much as is told of. */
function packagesOf(profile: Profile, all: number): string[] {
  const { totalCount } = functionWeights(profile);
  const counts = new Map<string, number>();
  profile.frames.forEach(({ package: pack }, frame) => {
    if (pack !== undefined) counts.set(pack, (counts.get(pack) ?? 0) + totalCount[frame]!);
  });
  return [...counts].filter(([, count]) => count >= PACKAGE_LEAST * all && count > 0).map(([pack]) => pack);
}

function packageRule(pack: string): StackRule {
  return {
    name: `package ${pack}`,
    title: `The package ${pack} is expensive`,
    advice: 'See which of your functions call it, and how often they have to.',
    least: PACKAGE_LEAST,
    matches: (frame) => frame.package === pack,
    ends: (frame) => frame.package !== undefined && frame.package !== pack,
  };
}

function lineFindings(
  profile: Profile,
  all: number,
  lineAt: (file: string, line: number) => string | undefined,
): Finding[] {
  const owners = mainOwners(profile);
  return lineHits(profile).flatMap((hits): Finding[] => {
    const frame = profile.frames[hits.frame]!;
    const { kind, file, name } = frame;
    if (hits.line === 0 || kind !== 'bot' || hits.count < FEWEST_SAMPLES) return [];
    const share = hits.count / all;
    const text = share < HOT_LINE_LEAST / 2 ? undefined : lineAt(file, hits.line);
    const rules = LINE_RULES.filter(({ pattern }) => text !== undefined && pattern.test(text));
    const hot = {
      name: `line ${placeOf({ file, line: hits.line })}`,
      title: 'A single line is hot',
      advice: 'Built-in functions that it calls, such as `sort`, are counted as part of it.',
      least: HOT_LINE_LEAST,
    };
    const rule = [...rules, hot].find(({ least }) => share >= least);
    if (rule === undefined) return [];
    const owner = owners[hits.frame]!;
    const site = { name, file, line: hits.line };
    return [{ ...told(rule, hits.count, hits.us, all), owner, site }];
  });
}

function indexOfMost(values: Float64Array): number {
  let most = 0;
  for (let index = 1; index < values.length; index++) if (values[index]! > values[most]!) most = index;
  return most;
}
