import { ProfilerError } from '../../errors.ts';
import { HeapGraph, isNumbered } from './graph.ts';
import { type Layout, layoutOf } from './layout.ts';
import { LocationTable } from './locations.ts';
import type { ProgressListener } from './progress.ts';
import { Scanner } from './scanner.ts';
import { openSource, type Source } from './source.ts';
import { StringTable } from './string-table.ts';

/** What a file says of itself is two thousand characters long. */
const MOST_LAYOUT_BYTES = 2 ** 20;
const MOST_KEY_BYTES = 1_000;
/** Of the graph, and of what is made of it at the same time: dominators with their working memory. */
const NODE_BYTES = 17 + 28;
const EDGE_BYTES = 8 + 5;

export interface ReadOptions {
  readonly onProgress?: ProgressListener | undefined;
  /** How much memory may be taken; default: what is free. */
  readonly mostMemoryBytes?: number | undefined;
}

/**
 * Reads a snapshot as `v8.writeHeapSnapshot`, the inspector and DevTools write it, packed by gzip or not, chunk by
 * chunk. What it says of its own size is held against the size of the file and the memory that there is before any of
 * that is taken.
 * @throws ProfilerError INVALID_SNAPSHOT, UNUSABLE_FILE, NOT_ENOUGH_MEMORY
 */
export async function readSnapshot(path: string, options: ReadOptions = {}): Promise<HeapGraph> {
  const source = await openSource(path);
  try {
    return await readFrom(source, options);
  } finally {
    await source[Symbol.asyncDispose]();
  }
}

/**
 * The same from anywhere.
 * @throws ProfilerError INVALID_SNAPSHOT, NOT_ENOUGH_MEMORY
 */
export function readFrom(source: Source, options: ReadOptions = {}): Promise<HeapGraph> {
  return new SnapshotReader(source, options).read();
}

class SnapshotReader {
  readonly #source: Source;
  readonly #scanner: Scanner;
  readonly #mostMemoryBytes: number;
  readonly #strings = new StringTable();
  readonly #locations = new LocationTable();
  #layout: Layout | undefined;
  #graph: HeapGraph | undefined;
  readonly #read = { nodes: false, edges: false, strings: false };
  /** The greatest index of a string that is referred to. */
  #mostName = 0;

  constructor(source: Source, { onProgress, mostMemoryBytes = process.availableMemory() }: ReadOptions) {
    this.#source = source;
    this.#mostMemoryBytes = mostMemoryBytes;
    this.#scanner = new Scanner(source, () => {
      if (this.#strings.sizeBytes > mostMemoryBytes) this.#refuse(this.#strings.sizeBytes);
      onProgress?.('read', source.share);
    });
  }

  async read(): Promise<HeapGraph> {
    const scanner: Scanner = this.#scanner;
    await scanner.expect('{', 'its beginning');
    do {
      const key = await this.#key();
      await scanner.expect(':', 'its sections');
      await this.#section(key);
    } while (await scanner.takeIf(',', 'its sections'));
    await scanner.expect('}', 'its sections');
    for (const [section, isRead] of Object.entries(this.#read))
      if (!isRead) scanner.fail(`has no \`${section}\``);
    if (this.#mostName >= this.#strings.count) scanner.fail('refers to strings that are not there');
    return this.#graph!;
  }

  async #key(): Promise<string> {
    if ((await this.#scanner.peek('its sections')) !== '"'.charCodeAt(0))
      this.#scanner.fail('is not a heap snapshot of V8');
    const text = await this.#scanner.text('its sections', MOST_KEY_BYTES);
    return text === undefined ? '' : text.slice(1, -1);
  }

  async #section(key: string): Promise<void> {
    const scanner: Scanner = this.#scanner;
    if (key === 'snapshot') await this.#readLayout();
    else if (key === 'nodes') await this.#readNodes();
    else if (key === 'edges') await this.#readEdges();
    else if (key === 'locations' && this.#layout?.location !== undefined) await this.#readLocations();
    else if (key === 'strings') {
      await scanner.strings('its strings', this.#strings);
      this.#read.strings = true;
    } else await scanner.skip(`its \`${key}\``);
  }

  async #readLayout(): Promise<void> {
    const scanner: Scanner = this.#scanner;
    const text = await scanner.text('its description', MOST_LAYOUT_BYTES);
    if (text === undefined) scanner.fail('is not a heap snapshot of V8');
    try {
      this.#layout = layoutOf(text);
    } catch (error) {
      if (error instanceof RangeError) scanner.fail(error.message);
      throw error;
    }
    this.#graph = this.#allocate(this.#layout);
  }

  /** A number takes a digit and a comma at least. */
  #allocate(layout: Layout): HeapGraph {
    const { nodeCount, edgeCount, node, edge } = layout;
    if ((nodeCount * node.width + edgeCount * edge.width) * 2 > this.#source.mostBytes + 2)
      this.#scanner.fail('says that more objects are in it than a file of its size can hold');
    const wantedBytes = nodeCount * NODE_BYTES + edgeCount * EDGE_BYTES;
    if (wantedBytes > this.#mostMemoryBytes) this.#refuse(wantedBytes);
    try {
      return new HeapGraph(layout, this.#strings, this.#locations);
    } catch (error) {
      if (error instanceof RangeError) this.#refuse(wantedBytes);
      throw error;
    }
  }

  #refuse(wantedBytes: number): never {
    throw new ProfilerError('NOT_ENOUGH_MEMORY', this.#source.name, wantedBytes, this.#mostMemoryBytes);
  }

  async #readNodes(): Promise<void> {
    const { graph, layout } = this.#begun('nodes');
    const { width, kinds, kind, name, id, size, edges } = layout.node;
    const { nodeKinds, nodeNames, nodeIds, firstEdges, nodeCount } = graph;
    const unknown = kinds.length;
    let firstEdge = 0;
    let mostName = 0;
    const rows = await this.#scanner.rows('its nodes', width, (row, index) => {
      if (index >= nodeCount) this.#scanner.fail('has more nodes than it says');
      if (row[kind]! >= unknown) this.#scanner.fail('has nodes of a kind that it does not name');
      nodeKinds[index] = kinds[row[kind]!]!;
      nodeNames[index] = row[name]!;
      nodeIds[index] = row[id]!;
      graph.setSize(index, row[size]!);
      firstEdges[index] = firstEdge;
      firstEdge += row[edges]!;
      if (row[name]! > mostName) mostName = row[name]!;
    });
    if (rows < nodeCount) this.#scanner.fail('has fewer nodes than it says');
    if (firstEdge !== graph.edgeCount)
      this.#scanner.fail('has nodes with another number of edges than it says');
    firstEdges[nodeCount] = firstEdge;
    this.#mostName = Math.max(this.#mostName, mostName);
  }

  async #readEdges(): Promise<void> {
    const { graph, layout } = this.#begun('edges');
    const { width, kinds, kind, name, target } = layout.edge;
    const nodeWidth = layout.node.width;
    const { targets, nodeCount, edgeCount } = graph;
    const unknown = kinds.length;
    let mostName = 0;
    const rows = await this.#scanner.rows('its edges', width, (row, index) => {
      if (index >= edgeCount) this.#scanner.fail('has more edges than it says');
      if (row[kind]! >= unknown) this.#scanner.fail('has edges of a kind that it does not name');
      const node = row[target]! / nodeWidth;
      if (node >= nodeCount || node !== Math.floor(node))
        this.#scanner.fail('has edges that lead to no node');
      targets[index] = node;
      const ownKind = kinds[row[kind]!]!;
      graph.setLabel(index, ownKind, row[name]!);
      if (row[name]! > mostName && !isNumbered(ownKind)) mostName = row[name]!;
    });
    if (rows < edgeCount) this.#scanner.fail('has fewer edges than it says');
    this.#mostName = Math.max(this.#mostName, mostName);
  }

  async #readLocations(): Promise<void> {
    const { layout } = this.#known('locations');
    const { width, node, script, line, column } = layout.location!;
    // So V8 says that a function has no place in its script.
    const isPlaced = (row: Float64Array) => row[line]! >= 0 && row[column]! >= 0;
    const take = (row: Float64Array) => {
      if (isPlaced(row))
        this.#locations.add(row[node]! / layout.node.width, row[script]!, row[line]!, row[column]!);
    };
    await this.#scanner.rows('its locations', width, take, true);
  }

  #begun(section: 'nodes' | 'edges'): { graph: HeapGraph; layout: Layout } {
    if (this.#read[section]) this.#scanner.fail(`has \`${section}\` twice`);
    this.#read[section] = true;
    return this.#known(section);
  }

  #known(section: string): { graph: HeapGraph; layout: Layout } {
    if (this.#layout === undefined || this.#graph === undefined)
      this.#scanner.fail(`has its \`${section}\` before it says what they are made of`);
    return { graph: this.#graph, layout: this.#layout };
  }
}
