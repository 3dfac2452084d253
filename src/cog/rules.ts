import type { Target, TargetKindName } from './target.ts';

/** Stands for every cog, or every kind. */
export const ANY = '*';

/** A group of targets: a cog, a kind, a kind in a cog, or all. */
export interface Group {
  readonly cog: string;
  readonly kind: TargetKindName | typeof ANY;
}

/**
 * What is to be tracked, kept apart from what is: rules go on holding while cogs are unloaded, and hold for what is
 * loaded later. A rule for one target beats the ignore list, which beats the switches of kinds, which beat the
 * rules for groups; of those the narrower beats the wider.
 */
export class Rules {
  readonly #groups = new Map<string, Group & { tracked: boolean }>();
  readonly #targets = new Map<string, boolean>();
  readonly #switches = new Map<string, boolean>();
  readonly #ignored = new Map<string, RegExp>();
  readonly #thresholdsMs = new Map<string, number>();

  /** Whether no target can be wanted, whatever is loaded. */
  get isEmpty(): boolean {
    const tracked = [...[...this.#groups.values()].map((group) => group.tracked), ...this.#targets.values()];
    return !tracked.includes(true);
  }

  wants(target: Target): boolean {
    const own = this.#targets.get(target.id);
    if (own !== undefined) return own;
    if (target.dispatches || this.objection(target) !== undefined) return false;
    return this.#groupWants(target);
  }

  /** Why a target is not tracked with its groups, as a sentence without its full stop; undefined if it would be. */
  objection(target: Target): string | undefined {
    if (this.ignores(target)) return 'it is on the ignore list';
    if (!this.isOn(target.kind, target.cog)) return `targets of the kind ${target.kind} are switched off`;
    return undefined;
  }

  /** Tracks a group, and whatever becomes a member of it; or does so no more. */
  track(group: Group, tracked = true): void {
    const { cog, kind } = group;
    for (const [key, other] of [...this.#groups]) {
      if ((cog === ANY || other.cog === cog) && (kind === ANY || other.kind === kind))
        this.#groups.delete(key);
      // A rule for one of the cogs would beat this one for a kind.
      else if (cog === ANY && other.kind === ANY && other.cog !== ANY)
        this.#setGroup({ cog: other.cog, kind }, tracked);
    }
    const overlaps = (other: Group & { tracked: boolean }) =>
      other.tracked &&
      (cog === ANY || other.cog === ANY || cog === other.cog) &&
      (kind === ANY || other.kind === ANY || kind === other.kind);
    if (tracked || [...this.#groups.values()].some(overlaps)) this.#setGroup(group, tracked);
  }

  #setGroup(group: Group, tracked: boolean): void {
    this.#groups.set(keyOf(group), { ...group, tracked });
  }

  #groupWants({ cog, kind }: Group): boolean {
    const narrowestFirst: Group[] = [
      { cog, kind },
      { cog, kind: ANY },
      { cog: ANY, kind },
      { cog: ANY, kind: ANY },
    ];
    const rule = narrowestFirst.find((group) => this.#groups.has(keyOf(group)));
    return rule !== undefined && this.#groups.get(keyOf(rule))!.tracked;
  }

  /** Tracks one target or keeps it from being tracked, whatever the other rules say; undefined leaves it to them. */
  decide(targetId: string, tracked: boolean | undefined): void {
    if (tracked === undefined) this.#targets.delete(targetId);
    else this.#targets.set(targetId, tracked);
  }

  /** Whether a kind is tracked in groups; in all cogs, or in one. */
  isOn(kind: TargetKindName, cog: string = ANY): boolean {
    return this.#switches.get(keyOf({ cog, kind })) ?? this.#switches.get(keyOf({ cog: ANY, kind })) ?? true;
  }

  /** Switches a kind for groups; in one cog, or in all, which ends what was said of single ones. */
  switch(kind: TargetKindName, on: boolean, cog: string = ANY): void {
    if (cog === ANY) {
      for (const key of this.#switches.keys()) if (key.endsWith(`/${kind}`)) this.#switches.delete(key);
    }
    this.#switches.set(keyOf({ cog, kind }), on);
  }

  /** The patterns of the ignore list, oldest first. */
  get ignored(): string[] {
    return [...this.#ignored.keys()];
  }

  ignores({ id, cog, name }: Target): boolean {
    for (const pattern of this.#ignored.values()) {
      if (pattern.test(id) || pattern.test(cog) || pattern.test(name)) return true;
    }
    return false;
  }

  /**
   * Puts a pattern on the ignore list, or takes it off.
   * @param pattern matches a whole id, cog or name, whatever the case; `*` stands for any text, `?` for a character
   * @returns whether it is on the list now
   */
  toggleIgnore(pattern: string): boolean {
    const key = pattern.trim().toLowerCase();
    if (this.#ignored.delete(key)) return false;
    const source = key
      .replace(/[\\^$+.()|[\]{}]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    this.#ignored.set(key, new RegExp(`^${source}$`, 'i'));
    return true;
  }

  /** Calls that take less than this are counted, but not kept as single calls. In ms; 0 keeps them all. */
  thresholdMsOf(targetId: string): number {
    return this.#thresholdsMs.get(targetId) ?? this.thresholdMs;
  }

  /** The threshold of targets that have none of their own, in ms. */
  get thresholdMs(): number {
    return this.#thresholdsMs.get(ANY) ?? 0;
  }

  /** Sets the threshold of one target, or of all that have none of their own. */
  setThresholdMs(thresholdMs: number, targetId: string = ANY): void {
    this.#thresholdsMs.set(targetId, thresholdMs);
  }

  toJSON(): RulesData {
    return {
      groups: [...this.#groups.values()],
      targets: [...this.#targets],
      switches: [...this.#switches],
      ignored: this.ignored,
      thresholdsMs: [...this.#thresholdsMs],
    };
  }

  /** Takes on the rules that `toJSON` gave, in the place of those that are here. */
  restore({ groups, targets, switches, ignored, thresholdsMs }: RulesData): void {
    for (const map of [this.#groups, this.#targets, this.#switches, this.#ignored, this.#thresholdsMs])
      map.clear();
    for (const { tracked, ...group } of groups) this.#setGroup(group, tracked);
    for (const [targetId, tracked] of targets) this.#targets.set(targetId, tracked);
    for (const [key, on] of switches) this.#switches.set(key, on);
    for (const pattern of ignored) this.toggleIgnore(pattern);
    for (const [targetId, thresholdMs] of thresholdsMs) this.#thresholdsMs.set(targetId, thresholdMs);
  }
}

/** Rules as JSON holds them. */
export interface RulesData {
  readonly groups: readonly (Group & { readonly tracked: boolean })[];
  readonly targets: readonly (readonly [targetId: string, tracked: boolean])[];
  readonly switches: readonly (readonly [cogAndKind: string, on: boolean])[];
  readonly ignored: readonly string[];
  /** In ms; `*` stands for all that have none of their own. */
  readonly thresholdsMs: readonly (readonly [targetId: string, thresholdMs: number])[];
}

function keyOf({ cog, kind }: Group): string {
  return `${cog}/${kind}`;
}
