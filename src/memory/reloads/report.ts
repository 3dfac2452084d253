import type { SourceLocation } from '../../cog/target.ts';

/** What of a cog may be left: how one is called, and several; and what joins that with its name. */
export const REMAINS = [
  { kind: 'listener', one: 'listener', many: 'listeners', joint: ' on' },
  { kind: 'interval', one: 'interval', many: 'intervals', joint: '' },
  { kind: 'timeout', one: 'timeout', many: 'timeouts', joint: '' },
  { kind: 'job', one: 'scheduled job', many: 'scheduled jobs', joint: '' },
  { kind: 'collector', one: 'collector', many: 'collectors', joint: '' },
  { kind: 'call', one: 'unfinished call', many: 'unfinished calls', joint: ' of' },
  { kind: 'instance', one: 'object', many: 'objects', joint: '' },
  { kind: 'function', one: 'function', many: 'functions', joint: '' },
] as const satisfies readonly { kind: string; one: string; many: string; joint: string }[];

export type RemainKind = (typeof REMAINS)[number]['kind'];

/** Something that is left of a cog that was reloaded or unloaded. */
export interface Remain {
  readonly kind: RemainKind;
  /** The event, how often or when it runs, the class, the target or the function. */
  readonly name: string;
  /** How many there are of the same name and place. */
  readonly count: number;
  /** Where it was written. */
  readonly location?: SourceLocation;
  /** The same, such as `music/player.ts:41`, as seen from the bot's folder. */
  readonly place?: string;
  /**
   * The file of the module whose `children` still have it: Node puts each module there that it has required, so that
   * `delete require.cache[file]` alone lets nothing go.
   */
  readonly keptByChildrenOf?: string;
}

/** What is left of one cog, as it was before one reload. */
export interface ReloadLeak {
  readonly cog: string;
  readonly how: 'reloaded' | 'unloaded';
  readonly atEpochMs: number;
  readonly left: readonly Remain[];
  /**
   * Objects and functions that are still there, of which nobody knows whether anything holds them: since the reload,
   * V8 has not collected all garbage twice.
   */
  readonly undecided: number;
}

/** What reloads have left behind, of this process. */
export interface ReloadLeaks {
  /** Those of which something is left two minutes later or more, the latest first. */
  readonly leaks: readonly ReloadLeak[];
  /** Reloads that are younger than that. */
  readonly pending: number;
  /** Reloads of which nothing that is known of is left, but objects that may be garbage. */
  readonly undecided: number;
  /** How many reloads left nothing, since the start. */
  readonly clean: number;
  /** How many were not looked at, because more came than are watched at a time. */
  readonly unwatched: number;
}

/** What is left by the bot's own doing, and not because Node lists what a module has required. */
export function leftByBot({ left }: Pick<ReloadLeak, 'left'>): Remain[] {
  return left.filter(({ keptByChildrenOf }) => keptByChildrenOf === undefined);
}

const MOST_NAMED = 6;

/** Such as: Of `music`, reloaded 2 min ago, are left: 3 listeners on messageCreate (music.ts:41), its object Player. */
export function sentenceOf({ cog, how, atEpochMs, left }: ReloadLeak): string {
  const minutes = Math.max(1, Math.round((Date.now() - atEpochMs) / 60_000));
  const named = left.slice(0, MOST_NAMED).map(remainText);
  const more = left.length > MOST_NAMED ? `, and ${left.length - MOST_NAMED} more` : '';
  return `Of the cog ${cog}, ${how} ${minutes} min ago, is left: ${named.join(', ')}${more}. See /profiler memory.`;
}

function remainText({ kind, name, count, place }: Remain): string {
  const { one, many, joint } = REMAINS.find((remain) => remain.kind === kind)!;
  const where = place === undefined ? '' : ` (${place})`;
  return `${count} ${count === 1 ? one : many}${joint} ${name}${where}`;
}
