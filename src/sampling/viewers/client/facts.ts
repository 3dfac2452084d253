import { type Label, type Model, OUTSIDE } from './model.ts';
import { isInside, type View } from './stacks.ts';
import { addCell, type Measured, nothing } from './tree.ts';

/** What the loop was doing, of what the filters let through. */
export interface LoopTimes {
  readonly javascript: Measured;
  readonly native: Measured;
  readonly gc: Measured;
  readonly idle: Measured;
  readonly profiler: Measured;
  readonly all: Measured;
}

type LoopPart = Exclude<keyof LoopTimes, 'all'>;

export const LOOP_PARTS: readonly { readonly part: LoopPart; readonly title: string }[] = [
  { part: 'javascript', title: 'JavaScript' },
  { part: 'native', title: 'native code' },
  { part: 'gc', title: 'garbage collection' },
  { part: 'idle', title: 'idle' },
  { part: 'profiler', title: 'this profiler' },
];

export function loopTimes(model: Model, view: View): LoopTimes {
  const parts = {
    javascript: nothing(),
    native: nothing(),
    gc: nothing(),
    idle: nothing(),
    profiler: nothing(),
    all: nothing(),
  };
  for (const cell of cellsInside(model, view)) {
    addCell(parts[partOf(model.labels[model.nodes.label[model.cells.node[cell]!]!]!)], model, cell);
    addCell(parts.all, model, cell);
  }
  return parts;
}

function partOf({ kind }: Label): LoopPart {
  return kind === 'native' || kind === 'gc' || kind === 'idle' || kind === 'profiler' ? kind : 'javascript';
}

/** Whom time belongs to. */
export interface OwnerTime {
  readonly name: string;
  /** Empty for what is in no cog. */
  readonly cog: string;
  readonly measured: Measured;
}

/** What each cog took of the loop, and beside the cogs what belongs to none; idle time left out. */
export function cogTimes(model: Model, view: View): OwnerTime[] {
  return ownerTimes(model, view, ({ kind, cog }) => {
    if (kind === 'idle') return undefined;
    return { name: cog === '' ? OUTSIDE[kind] : cog, cog };
  });
}

/** A command, listener or task. */
export interface TargetTime extends OwnerTime {
  /** How often it was called while it was recorded, and how long that took, waiting included. */
  readonly calls: number;
  readonly wallUs: number;
}

export function targetTimes(model: Model, view: View): TargetTime[] {
  const times = new Map(
    ownerTimes(model, view, ({ kind, name, cog }) => (kind === 'target' ? { name, cog } : undefined)).map(
      (time) => [time.name, { ...time, calls: 0, wallUs: 0 }],
    ),
  );
  for (const { kind, name, thread, count, totalUs } of model.spans) {
    const { run, shard } = model.threads[thread]!;
    if (kind !== 'call' || run !== model.runs.length - 1) continue;
    if (view.thread !== undefined && view.thread !== thread) continue;
    if (view.shard !== undefined && view.shard !== shard) continue;
    const cog = name.split('/')[0]!;
    if (view.cog !== undefined && view.cog !== cog) continue;
    let time = times.get(name);
    if (time === undefined) {
      time = { name, cog, measured: nothing(), calls: 0, wallUs: 0 };
      times.set(name, time);
    }
    time.calls += count;
    time.wallUs += totalUs;
  }
  return [...times.values()].sort(
    (a, b) => b.measured.weightUs - a.measured.weightUs || b.wallUs - a.wallUs || (a.name < b.name ? -1 : 1),
  );
}

function ownerTimes(
  model: Model,
  view: View,
  groupOf: (owner: Model['owners'][number]) => { name: string; cog: string } | undefined,
): OwnerTime[] {
  const groups = model.owners.map(groupOf);
  const times = new Map<string, OwnerTime>();
  for (const cell of cellsInside(model, view)) {
    const group = groups[model.cells.owner[cell]!];
    if (group === undefined) continue;
    const key = `${group.cog}\0${group.name}`;
    let time = times.get(key);
    if (time === undefined) times.set(key, (time = { ...group, measured: nothing() }));
    addCell(time.measured, model, cell);
  }
  return [...times.values()].sort((a, b) => b.measured.weightUs - a.measured.weightUs);
}

function* cellsInside(model: Model, view: View): Iterable<number> {
  for (let cell = 0; cell < model.cells.node.length; cell++) if (isInside(model, view, cell)) yield cell;
}
