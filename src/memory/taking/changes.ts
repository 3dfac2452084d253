import { type ClassSize, type CogsReport, MOST_CLASSES } from '../snapshot/cogs.ts';

/** How what a cog has of a class differs between two snapshots. */
export interface CogClassChange {
  /** Undefined for what is no single cog's. */
  readonly cog: string | undefined;
  readonly name: string;
  readonly countDelta: number;
  readonly bytesDelta: number;
}

/** How what a cog has differs between two snapshots. */
export interface CogChange {
  readonly cog: string | undefined;
  readonly bytesDelta: number;
  readonly objectsDelta: number;
}

export interface SnapshotChanges {
  /** From which to which, by their ids. */
  readonly before: string;
  readonly after: string;
  /** What has grown the most first, then what has shrunk. */
  readonly cogs: readonly CogChange[];
  readonly classes: readonly CogClassChange[];
}

/**
 * What of which cog and class grew from one snapshot to another: by how many objects there are and what they take. It
 * needs no ids of objects, which V8 gives anew whenever a session of its inspector ends.
 */
export function changesBetween(
  before: CogsReport,
  after: CogsReport,
): Omit<SnapshotChanges, 'before' | 'after'> {
  const [earlier, later] = [partsOf(before), partsOf(after)];
  const cogs: CogChange[] = [];
  const classes: CogClassChange[] = [];
  for (const cog of new Set([...earlier.keys(), ...later.keys()])) {
    const [was, is] = [earlier.get(cog) ?? NOTHING, later.get(cog) ?? NOTHING];
    cogs.push({ cog, bytesDelta: is.bytes - was.bytes, objectsDelta: is.objects - was.objects });
    classes.push(...classChanges(was.classes, is.classes).map((change) => ({ cog, ...change })));
  }
  const changed = ({ bytesDelta }: { bytesDelta: number }) => bytesDelta !== 0;
  const byGrowth = (a: { bytesDelta: number }, b: { bytesDelta: number }) => b.bytesDelta - a.bytesDelta;
  return { cogs: cogs.filter(changed).sort(byGrowth), classes: classes.filter(changed).sort(byGrowth) };
}

interface CogPart {
  readonly bytes: number;
  readonly objects: number;
  readonly classes: readonly ClassSize[];
}

const NOTHING: CogPart = { bytes: 0, objects: 0, classes: [] };

function partsOf({ cogs, restBytes, restObjects, restClasses, shared, sharedBytes }: CogsReport) {
  // The classes of what is shared are among those of the rest.
  const rest = {
    bytes: restBytes + sharedBytes,
    objects: restObjects + shared.reduce((sum, { objects }) => sum + objects, 0),
    classes: restClasses,
  };
  return new Map<string | undefined, CogPart>([
    ...cogs.map((row) => [row.cog, row] as const),
    [undefined, rest] as const,
  ]);
}

/** Where a list was cut off, what it lacks is not known to be gone or new, but small: it is left out. */
function classChanges(before: readonly ClassSize[], after: readonly ClassSize[]) {
  const was = new Map(before.map((row) => [row.name, row]));
  const is = new Map(after.map((row) => [row.name, row]));
  const isWhole = (rows: readonly ClassSize[]) => rows.length < MOST_CLASSES;
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => {
    const [one, other] = [was.get(name), is.get(name)];
    if ((one === undefined && !isWhole(before)) || (other === undefined && !isWhole(after))) return [];
    return [
      {
        name,
        countDelta: (other?.count ?? 0) - (one?.count ?? 0),
        bytesDelta: (other?.bytes ?? 0) - (one?.bytes ?? 0),
      },
    ];
  });
}
