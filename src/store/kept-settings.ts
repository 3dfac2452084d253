import { isDeepStrictEqual } from 'node:util';
import type { RulesData } from '../cog/rules.ts';
import type { Backing } from './backing.ts';
import { decodeSettings, encodeSettings, Forgotten, type Settings } from './settings.ts';

/** What is told of settings that come from a store, or from another shard; and of those that are made here. */
export interface SettingsHooks {
  readonly rules: {
    toJSON(): RulesData;
    restore(rules: RulesData): void;
    decide(targetId: string, tracked: boolean): void;
  };
  /** The rules have been restored. */
  readonly restored: () => void;
  /** Tells the other shards that the settings have changed. */
  readonly announce: () => void;
  readonly warn: (message: string) => void;
}

/** What the options of the code say. */
interface Defaults {
  readonly save: boolean;
  readonly retentionMs: number;
}

/** What the owner has set: here, in the store, and in the other shards; whoever has set something last is right. */
export class KeptSettings {
  readonly forgotten = new Forgotten();
  readonly #hooks: SettingsHooks;
  readonly #defaults: Defaults;
  #own: Omit<Settings, 'forgotten' | 'erasures'> = { revision: 0 };
  /** The rules that the code has set. */
  #givenRules: RulesData;
  #mayWrite = true;

  constructor(hooks: SettingsHooks, defaults: Defaults) {
    this.#hooks = hooks;
    this.#defaults = defaults;
    this.#givenRules = hooks.rules.toJSON();
  }

  /** How long figures are kept, in ms. */
  get retentionMs(): number {
    return this.#own.retentionMs ?? this.#defaults.retentionMs;
  }

  get isSaving(): boolean {
    return this.#own.save ?? this.#defaults.save;
  }

  /** Whether the owner has changed the rules. */
  get hasRules(): boolean {
    return this.#own.rules !== undefined;
  }

  toJSON(): Settings {
    const nowEpochMs = Date.now();
    const erasures = this.forgotten.erasures.toJSON(nowEpochMs);
    return {
      ...this.#own,
      forgotten: this.forgotten.toJSON(nowEpochMs - this.retentionMs),
      ...(erasures.length > 0 && { erasures }),
    };
  }

  /** Takes the rules as they are for those of the code: they are kept once the owner changes them. */
  takeRulesAsGiven(): void {
    this.#givenRules = this.#hooks.rules.toJSON();
  }

  /** Says that the owner may have changed the rules. */
  rulesChanged(): void {
    const rules = this.#hooks.rules.toJSON();
    if (isDeepStrictEqual(rules, this.#own.rules ?? this.#givenRules)) return;
    this.change({ rules, namedByCode: namedIn(this.#givenRules) });
  }

  /** Makes a change, if only to what is forgotten, and tells the other shards. */
  change(change: Partial<Settings>): void {
    const revision = Math.max(Date.now(), this.#own.revision + 1);
    this.#own = { ...this.#own, ...change, revision };
    this.#hooks.announce();
  }

  /**
   * Takes on settings from elsewhere, but for rules and erasures.
   * @returns whether they are newer than those that are here
   */
  take({ forgotten, erasures: _, ...others }: Settings): boolean {
    if (others.revision <= this.#own.revision) return false;
    this.#own = others;
    this.forgotten.include(forgotten);
    return true;
  }

  /** Puts in force the rules of the owner, and what the code has come to track by name since, as with `wrap`. */
  restoreRules(): void {
    const { rules, namedByCode = [] } = this.#own;
    if (rules === undefined) return;
    this.#hooks.rules.restore(rules);
    for (const id of namedIn(this.#givenRules)) {
      const isKnown = namedByCode.includes(id) || rules.targets.some(([other]) => other === id);
      if (!isKnown) this.#hooks.rules.decide(id, true);
    }
    this.#hooks.restored();
  }

  /**
   * Writes settings that have changed here, and takes on those that have changed elsewhere. Rejects with a StoreError.
   * @param apply takes on settings, and does what follows of them
   */
  async sync(
    backing: Backing,
    application: string,
    apply: (stored: Settings) => Promise<void>,
  ): Promise<void> {
    if (!this.#mayWrite) return;
    const key = keyOfSettings(application);
    const isNews = ({ erasures = [] }: Partial<Settings> = {}) =>
      this.forgotten.erasures.knowsMoreThan(erasures, Date.now());
    const [value] = await backing.getMany([key]);
    if (value !== undefined) {
      const stored = this.#decode(value);
      if (stored === undefined) return;
      await apply(stored);
      if (stored.revision >= this.#own.revision && !isNews(stored)) return;
    }
    if (this.#own.revision > 0 || isNews()) await backing.set(key, encodeSettings(this.toJSON()));
  }

  /** What a later version has written is not for this one to overwrite. */
  #decode(value: string): Settings | undefined {
    try {
      return decodeSettings(value);
    } catch (error) {
      this.#mayWrite = false;
      this.#hooks.warn(`The settings in the store are left alone, and not used. ${(error as Error).message}`);
      return undefined;
    }
  }
}

function keyOfSettings(application: string): string {
  return `cogscope:v1:${application}:settings`;
}

/** The targets that are tracked by name. */
function namedIn({ targets }: RulesData): string[] {
  return targets.filter(([, tracked]) => tracked).map(([id]) => id);
}
