import { original } from '../../cog/attach.ts';
import type { Slot } from '../../cog/slots.ts';
import type { AnyFunction, Target } from '../../cog/target.ts';
import type { CompiledCode } from '../../frameworks/functions.ts';
import { type RequiredModule, requiredModule } from './modules.ts';

/** A function of the bot as it was found. Nothing of it is kept alive by this. */
export interface Found {
  readonly target: Target;
  readonly fn: WeakRef<AnyFunction>;
  readonly holder: WeakRef<object> | undefined;
  readonly code: CompiledCode | undefined;
  /** Whether its file was loaded by `require`: Node never lets go of an ES module. */
  readonly isRequired: boolean;
}

/** What became of a cog, as far as one look tells. */
export interface Change {
  readonly cog: string;
  /** Whether there is something in the place of what is gone. */
  isReload: boolean;
  /** What is gone, or has another function or object now. */
  readonly old: Found[];
  /** Code that nothing runs any more but what was left behind. */
  readonly scripts: Set<string>;
  /** What was there before in files that were loaded anew: V8 may have made the same code of the same text. */
  readonly certain: Found[];
  /** What was there before of code that goes on being used: it is of the old one if there is a second one like it. */
  readonly perhaps: Found[];
  /** What had required the files. */
  readonly parents: WeakRef<RequiredModule>[];
}

interface Required {
  readonly module: WeakRef<RequiredModule>;
  readonly parent: WeakRef<RequiredModule> | undefined;
}

const MOST_AWAY = 1_000;

/** What ends, or is begun anew, in the middle of a cog's life. */
const RESTLESS = new Set<Target['kind']>(['listener', 'task']);

/** Knows what there was at the last look, and so tells which cogs were reloaded or unloaded since. */
export class Roll {
  #found: ReadonlyMap<string, Found> = new Map();
  /** What has gone without a sign of why: a reload may take a cog away first, and load it after a while. */
  #away: ReadonlyMap<string, Found> = new Map();
  #required: ReadonlyMap<string, Required> = new Map();

  /** What there is now, by id. */
  get found(): ReadonlyMap<string, Found> {
    return this.#found;
  }

  look(
    present: ReadonlyMap<string, Target>,
    codeOf: (fn: AnyFunction) => CompiledCode | undefined,
  ): Change[] {
    const former = new Map([...this.#away, ...this.#found]);
    const found = new Map<string, Found>();
    const came: Found[] = [];
    for (const [id, target] of present) {
      const fn = functionAt(target.slot);
      if (fn === undefined) continue;
      const one = sameOrNew(former.get(id), target, fn, codeOf);
      found.set(id, one);
      if (one !== former.get(id)) came.push(one);
    }
    const left = [...former].flatMap(([id, one]) => (found.get(id) === one ? [] : [one]));
    const changes = this.#changes({ former, found, came, left });
    this.#found = found;
    const told = new Set(changes.flatMap(({ old }) => old));
    const away = left.filter((one) => !told.has(one) && !isRestless(one.target)).slice(-MOST_AWAY);
    this.#away = new Map(away.map((one) => [one.target.id, one]));
    if (came.length > 0 || left.length > 0 || changes.length > 0) this.#noteRequired();
    return changes;
  }

  #changes({ former, found, came, left }: Look): Change[] {
    const anew = filesLoadedAnew(former, came);
    for (const [file, { module }] of this.#required) {
      const now = requiredModule(file);
      if (now !== undefined && now !== module.deref()) anew.add(file);
    }
    if (anew.size === 0 && left.length === 0) return [];
    const scriptsInUse = new Set(came.map(({ code }) => code?.scriptId));
    for (const { target, code } of found.values()) if (!isRestless(target)) scriptsInUse.add(code?.scriptId);
    const gone = new Set<string>();
    for (const one of left) {
      const { target, code } = one;
      if (code === undefined || anew.has(code.file) || found.has(target.id)) continue;
      const wasRequired = this.#required.has(code.file);
      if (wasRequired ? requiredModule(code.file) === undefined : isUnused(one, scriptsInUse))
        gone.add(code.file);
    }
    const changes = new Map<string, Change>();
    const changeOf = ({ cog }: Target) => {
      const change = changes.get(cog) ?? {
        cog,
        isReload: false,
        old: [],
        scripts: new Set(),
        certain: [],
        perhaps: [],
        parents: [],
      };
      changes.set(cog, change);
      return change;
    };
    for (const one of former.values()) {
      const { target, code } = one;
      const hasLeft = found.get(target.id) !== one;
      if (code === undefined) continue;
      if (anew.has(code.file) || gone.has(code.file)) {
        // What goes on where it was is not of the old one, but for what had to be taken away.
        if (!hasLeft && !isRestless(target)) continue;
        const change = changeOf(target);
        change.isReload ||= anew.has(code.file);
        if (hasLeft) change.old.push(one);
        change.certain.push(one);
        if (!scriptsInUse.has(code.scriptId)) change.scripts.add(code.scriptId);
        const parent = this.#required.get(code.file)?.parent;
        if (parent !== undefined) change.parents.push(parent);
      } else if (hasLeft && !isRestless(target) && found.has(target.id)) {
        const change = changeOf(target);
        change.isReload = true;
        change.old.push(one);
      }
    }
    for (const change of changes.values()) {
      const scripts = new Set(change.old.map(({ code }) => code?.scriptId));
      for (const one of former.values())
        if (isRestless(one.target) && scripts.has(one.code?.scriptId)) change.perhaps.push(one);
    }
    return [...changes.values()].filter(({ old, certain }) => old.length > 0 || certain.length > 0);
  }

  #noteRequired(): void {
    const required = new Map<string, Required>();
    for (const { code } of [...this.#away.values(), ...this.#found.values()]) {
      if (code === undefined || required.has(code.file)) continue;
      const module = requiredModule(code.file);
      if (module === undefined) continue;
      const known = this.#required.get(code.file);
      if (known?.module.deref() === module) required.set(code.file, known);
      else
        required.set(code.file, {
          module: new WeakRef(module),
          parent: module.parent ? new WeakRef(module.parent) : undefined,
        });
    }
    this.#required = required;
  }
}

interface Look {
  readonly former: ReadonlyMap<string, Found>;
  readonly found: ReadonlyMap<string, Found>;
  /** What was not there before. */
  readonly came: readonly Found[];
  /** What is not there any more. */
  readonly left: readonly Found[];
}

/** The bot's own function; undefined where there is none, or the place does not let itself be looked at. */
function functionAt(slot: Slot): AnyFunction | undefined {
  try {
    const fn = slot.get();
    return fn && original(fn);
  } catch {
    return undefined;
  }
}

function sameOrNew(
  former: Found | undefined,
  target: Target,
  fn: AnyFunction,
  codeOf: (fn: AnyFunction) => CompiledCode | undefined,
): Found {
  const { holder } = target.slot;
  const isSame = former?.fn.deref() === fn && former.holder?.deref() === holder?.deref();
  if (isSame) return former!;
  const code = codeOf(fn);
  const isRequired = code !== undefined && requiredModule(code.file) !== undefined;
  return { target, fn: new WeakRef(fn), holder, code, isRequired };
}

/** Files of which there is code that is not that of before. */
function filesLoadedAnew(former: ReadonlyMap<string, Found>, came: readonly Found[]): Set<string> {
  if (came.length === 0) return new Set();
  const scripts = new Map<string, Set<string>>();
  for (const { code } of former.values()) {
    if (code === undefined) continue;
    const known = scripts.get(code.file) ?? new Set();
    scripts.set(code.file, known.add(code.scriptId));
  }
  return new Set(
    came.flatMap(({ code }) =>
      code !== undefined && scripts.get(code.file)?.has(code.scriptId) === false ? [code.file] : [],
    ),
  );
}

/** Of an ES module nobody knows whether it is still wanted, but that nothing the bot could call is left of it. */
function isUnused(
  { target, code, isRequired }: Found,
  scriptsInUse: ReadonlySet<string | undefined>,
): boolean {
  return !isRestless(target) && !isRequired && !scriptsInUse.has(code!.scriptId);
}

function isRestless({ kind }: Target): boolean {
  return RESTLESS.has(kind);
}
