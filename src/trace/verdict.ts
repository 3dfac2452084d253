import { plural } from '../render/units.ts';
import { EFFECTS, type Effect, PART_WORDS } from './part-words.ts';
import type { Part, PartKind, TraceSummary } from './trace.ts';

/** What has less than this of the time does not explain it. */
const LEAST_SHARE = 0.25;
/** What comes second is said as well where it has at least so much of what the first has. */
const NEARLY_AS_LARGE = 0.6;
/** A name stands for its kind where it has at least so much of it. */
const NAMED_SHARE = 0.7;

/** All parts of one kind. */
export interface KindShare {
  readonly kind: PartKind;
  readonly ms: number;
  /** Of the whole, from 0 to 1. */
  readonly share: number;
  /** What most of it is about, where one name has most, with the share that is its own. */
  readonly main: { readonly name: string; readonly share: number } | undefined;
}

/** The parts by kind, the most first. */
export function sharesOf({ parts, durationMs }: Omit<TraceSummary, 'count'>): KindShare[] {
  const shareOf = (ms: number) => (durationMs > 0 ? ms / durationMs : 0);
  return [...Map.groupBy(parts, ({ kind }) => kind)]
    .map(([kind, own]) => {
      const ms = sumOf(own);
      const main = [...Map.groupBy(own, ({ name }) => name)]
        .map(([name, parts]) => ({ name, share: shareOf(sumOf(parts)) }))
        .find(({ share }) => share >= NAMED_SHARE * shareOf(ms));
      return { kind, ms, share: shareOf(ms), main: isNamed(main) ? main : undefined };
    })
    .filter(({ ms }) => ms > 0)
    .sort((a, b) => b.ms - a.ms);
}

function sumOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { ms }) => sum + ms, 0);
}

function isNamed<Main extends { name: string | undefined }>(
  main: Main | undefined,
): main is Main & { name: string } {
  return main?.name !== undefined;
}

/**
 * What the time of calls of a target goes to, such as "waits for rate limits on PATCH /channels/:id 71 %, computes 25 %".
 * @param targetId the target itself: that its own code computes in it goes without saying
 * @param quote how names are written; they come from the bot
 */
export function predicateOf(
  whole: Omit<TraceSummary, 'count'>,
  targetId: string,
  quote: (name: string) => string = (name) => name,
): string {
  const [first, second] = sharesOf(whole);
  if (first === undefined) return 'takes no time that could be measured';
  const said = [first, ...(second !== undefined && isWorthSaying(second, first) ? [second] : [])];
  const reasons = said.map(({ kind, share, main }) => {
    const { says } = PART_WORDS[kind];
    return main === undefined || main.name === targetId
      ? `${says(undefined)} ${percent(share)}`
      : `${says(quote(main.name))} ${percent(main.share)}`;
  });
  const spread = first.share < LEAST_SHARE ? 'does many things, none of them most: ' : '';
  return spread + reasons.join(', ');
}

/** The same with how many calls it rests on; undefined where no call was traced. */
export function verdictOf(
  summary: TraceSummary,
  targetId: string,
  quote?: (name: string) => string,
): string | undefined {
  if (summary.count === 0) return undefined;
  return `${predicateOf(summary, targetId, quote)} (${plural(summary.count, 'call')})`;
}

function isWorthSaying(second: KindShare, first: KindShare): boolean {
  // Where most is not known, what is known must not be left unsaid.
  if (first.kind === 'other') return second.share >= LEAST_SHARE * first.share;
  return second.share >= NEARLY_AS_LARGE * first.share;
}

/**
 * What a target mostly does: computes, waits, or is blocked; `unknown` where most is not known. Undefined where no
 * call was traced, or none took time.
 */
export function effectOf(
  summary: TraceSummary,
): { readonly name: Effect; readonly label: string; readonly share: number } | undefined {
  const shares = sharesOf(summary);
  if (summary.count === 0 || shares.length === 0) return undefined;
  const effects = EFFECTS.map((effect) => ({
    ...effect,
    share: shares
      .filter(({ kind }) => PART_WORDS[kind].effect === effect.name)
      .reduce((sum, { share }) => sum + share, 0),
  }));
  return effects.reduce((most, effect) => (effect.share > most.share ? effect : most));
}

/** Such as `71 %`; what is more than nothing is never 0. */
export function percent(share: number): string {
  const rounded = Math.round(share * 100);
  return rounded === 0 && share > 0 ? '< 1 %' : `${rounded} %`;
}
