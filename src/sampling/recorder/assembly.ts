import type * as inspector from 'node:inspector';
import { Pairs, Sums } from '../pairs.ts';
import type { FrameKind } from '../profile.ts';
import { type Placed, placeFunction } from './classify.ts';
import type { Samples } from './samples.ts';

/** A function as V8 has it: counted from 1 where it begins; 0 where that is not known. */
export interface RawFrame extends Placed {
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

/** Turns what V8 tells, slice by slice, into one tree of all functions and the samples of each thread. */
export class Assembly {
  readonly frames: RawFrame[] = [];
  /** Each with its parent, or -1, and its frame. */
  readonly nodes = new Pairs();
  /** Each a node and a line in it. */
  readonly lines = new Pairs();
  readonly ticks = new Sums();
  readonly #frameNumbers = new Map<string, number>();
  readonly #ownFolder: string | undefined;
  /** Of each node: whether what runs in it is the profiler's own. */
  readonly #isOwn: boolean[] = [];

  constructor(ownFolder: string | undefined) {
    this.#ownFolder = ownFolder;
  }

  kindOf(node: number): FrameKind {
    return this.frames[this.nodes.secondOf(node)]!.kind;
  }

  /**
   * Whether what runs in a node is the profiler's own: its code, and what that calls of Node's. What it passes on to,
   * as a timing proxy does, is not.
   */
  isOwn(node: number): boolean {
    return this.#isOwn[node]!;
  }

  /**
   * @param toUs what turns V8's times into those of the monotonic clock
   * @param whoAt whose code ran at a time
   */
  addSlice(
    samples: Samples,
    slice: inspector.Profiler.Profile,
    toUs: (v8Us: number) => number,
    whoAt: (atUs: number) => number,
    fromUs: number,
  ): void {
    const nodeOf = this.#takeTree(slice);
    const deltas = slice.timeDeltas ?? [];
    let v8Us = slice.startTime;
    slice.samples?.forEach((id, index) => {
      v8Us += deltas[index] ?? 0;
      // The first one is taken by the start of the slice, in whatever started it.
      if (index === 0) return;
      const atUs = toUs(v8Us);
      // Where a slice begins, the one before has not ended yet.
      if (atUs <= samples.lastUs || atUs < fromUs) return;
      const node = nodeOf.get(id);
      if (node !== undefined) samples.add(atUs, node, whoAt(atUs));
    });
  }

  /** @returns the nodes by V8's ids */
  #takeTree({ nodes }: inspector.Profiler.Profile): Map<number, number> {
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const found = new Map<number, number>();
    const [root] = nodes;
    if (root === undefined) return found;
    // What nothing is known of.
    found.set(root.id, this.#nodeOf(-1, this.#frameNumber('(program)', '', 0, 0)));
    const waiting: [id: number, parent: number][] = (root.children ?? []).map((id) => [id, -1]);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [id, parent] = next;
      const { callFrame, children = [], positionTicks = [] } = byId.get(id)!;
      const { functionName, url, lineNumber, columnNumber } = callFrame;
      // Whoever compiles code within other code has it begin before its first line or column.
      const line = Math.max(0, lineNumber + 1);
      const column = Math.max(0, columnNumber + 1);
      const frame = this.#frameNumber(functionName, url, line, column);
      const node = this.#nodeOf(parent, frame);
      found.set(id, node);
      for (const { line: at, ticks } of positionTicks)
        this.ticks.add(this.lines.of(node, Math.max(0, at)), ticks);
      for (const child of children) waiting.push([child, node]);
    }
    return found;
  }

  #nodeOf(parent: number, frame: number): number {
    const { kind } = this.frames[frame]!;
    const passesOn = kind === 'node' || kind === 'native';
    const isOwn = kind === 'profiler' || (passesOn && parent >= 0 && this.#isOwn[parent]!);
    const node = this.nodes.of(isOwn ? parent : this.#withoutOwn(parent), frame);
    if (node === this.#isOwn.length) this.#isOwn.push(isOwn);
    return node;
  }

  /** The innermost node around that is not ours: what we pass calls on to stands where it would stand without us. */
  #withoutOwn(node: number): number {
    let around = node;
    while (around >= 0 && this.#isOwn[around]!) around = this.nodes.firstOf(around);
    return around;
  }

  #frameNumber(functionName: string, url: string, line: number, column: number): number {
    const key = `${line}:${column}:${functionName}\n${url}`;
    let number = this.#frameNumbers.get(key);
    if (number === undefined) {
      const name = functionName === '' ? '(anonymous)' : functionName;
      const place = placeFunction(functionName, url, this.#ownFolder);
      number = this.frames.push({ name, line, column, ...place }) - 1;
      this.#frameNumbers.set(key, number);
    }
    return number;
  }
}
