import type { Frame, FrameKind, Profile } from '../profile.ts';
import { RunningLines } from '../running-lines.ts';
import type { CategoryTable } from './gecko-categories.ts';

/** What V8 shows as functions without being JavaScript. */
const NO_JAVASCRIPT: ReadonlySet<FrameKind> = new Set(['gc', 'native', 'idle', 'awaiting']);
/** A resource that is known by its address. */
const URL_RESOURCE = 5;
const NO_RESOURCE = -1;

/** What all threads of a processed profile share: functions, frames (a line of a function), stacks, texts. */
export class GeckoTables {
  readonly #texts = new Map<string, number>();
  readonly #sources = new Map<string, number>();
  readonly #resources = new Map<string, number>();
  readonly #functions: (number | boolean | null)[][] = [[], [], [], [], [], [], []];
  readonly #frames: { readonly func: number; readonly line: number }[] = [];
  readonly #stackFrames: number[] = [];
  readonly #prefixes: (number | null)[] = [];
  /** Of a node the stack of what runs in it: where only one of its lines did, that is known. */
  readonly #stackOfNode: Uint32Array;
  readonly #profile: Profile;
  readonly #categories: CategoryTable;

  constructor(profile: Profile, categories: CategoryTable) {
    this.#profile = profile;
    this.#categories = categories;
    for (const frame of profile.frames) this.#addFunction(frame);
    this.#stackOfNode = this.#addStacks();
  }

  stackOf(node: number): number {
    return this.#stackOfNode[node]!;
  }

  /** The number of a text. */
  text(text: string): number {
    return numberOf(this.#texts, text.toWellFormed());
  }

  /** As JSON has them, when everything has been asked for. */
  get shared(): object {
    const [name, isJS, relevantForJS, resource, source, lineNumber, columnNumber] = this.#functions;
    const length = name!.length;
    const resources = [...this.#resources.keys()];
    const sources = [...this.#sources.keys()];
    const tables = {
      stackTable: {
        frame: this.#stackFrames,
        prefix: this.#prefixes,
        length: this.#prefixes.length,
      },
      frameTable: this.#frameTable(),
      funcTable: { name, isJS, relevantForJS, resource, source, lineNumber, columnNumber, length },
      resourceTable: {
        name: resources.map((one) => this.text(one)),
        type: resources.map(() => URL_RESOURCE),
        lib: resources.map(() => null),
        host: resources.map(() => null),
        length: resources.length,
      },
      nativeSymbols: { libIndex: [], address: [], name: [], functionSize: [], length: 0 },
      sources: {
        uuid: sources.map(() => null),
        filename: sources.map((file) => this.text(file)),
        length: sources.length,
      },
    };
    return { ...tables, stringArray: [...this.#texts.keys()] };
  }

  #addFunction(frame: Frame): void {
    const { name, file, line, column, kind } = frame;
    const row = [
      this.text(name),
      !NO_JAVASCRIPT.has(kind),
      false,
      this.#resourceOf(frame),
      file === '' ? null : numberOf(this.#sources, file),
      line > 0 ? line : null,
      column > 0 ? column : null,
    ];
    row.forEach((value, at) => {
      this.#functions[at]!.push(value);
    });
  }

  /** The bag of code that a function comes from: its cog, its package, or Node. */
  #resourceOf({ kind, cog, package: pack }: Frame): number {
    const name = cog ?? pack ?? (kind === 'node' ? 'node' : undefined);
    return name === undefined ? NO_RESOURCE : numberOf(this.#resources, name);
  }

  #addStacks(): Uint32Array {
    const { frames, nodes } = this.#profile;
    const lines = new RunningLines(nodes);
    const numbers = new Map<string, number>();
    const frameOf = (func: number, line: number) => {
      const key = `${func} ${line}`;
      let number = numbers.get(key);
      if (number === undefined) numbers.set(key, (number = this.#frames.push({ func, line }) - 1));
      return number;
    };
    // The first stacks have the numbers of the nodes.
    nodes.frame.forEach((func, node) => {
      const above = nodes.parent[node]!;
      this.#addStack(frameOf(func, frames[func]!.line), above === -1 ? null : above);
    });
    return Uint32Array.from(nodes.frame, (func, node) => {
      const line = lines.soleOf(node);
      if (line === 0) return node;
      return this.#addStack(frameOf(func, line), this.#prefixes[node]!);
    });
  }

  #addStack(frame: number, prefix: number | null): number {
    this.#stackFrames.push(frame);
    return this.#prefixes.push(prefix) - 1;
  }

  #frameTable(): object {
    const { frames } = this.#profile;
    const all = this.#frames;
    const none = all.map(() => null);
    return {
      address: all.map(() => -1),
      inlineDepth: all.map(() => 0),
      category: all.map(({ func }) => this.#categories.indexOf(frames[func]!.kind)),
      subcategory: all.map(({ func }) => this.#categories.partOf(frames[func]!)),
      func: all.map(({ func }) => func),
      nativeSymbol: none,
      innerWindowID: all.map(() => 0),
      line: all.map(({ line }) => (line > 0 ? line : null)),
      column: none,
      length: all.length,
    };
  }
}

function numberOf(numbers: Map<string, number>, text: string): number {
  let number = numbers.get(text);
  if (number === undefined) numbers.set(text, (number = numbers.size));
  return number;
}
