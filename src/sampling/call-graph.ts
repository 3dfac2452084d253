import { nodeWeights, outermost, type Weights } from './nodes.ts';
import { Pairs } from './pairs.ts';
import type { Profile } from './profile.ts';
import { RunningLines } from './running-lines.ts';

/** What was spent in a line of a function itself. Samples are in parts where a node ran several lines. */
interface SelfCost {
  readonly line: number;
  us: number;
  samples: number;
}

/** What was spent in a function while another one called it, with all that it called in turn. */
export interface CallCost {
  /** An index of `frames`. */
  readonly callee: number;
  /** The samples in which it was under way. */
  count: number;
  us: number;
  samples: number;
}

/** A function with what it calls, wherever it is in the call tree. */
export interface GraphFunction {
  readonly self: SelfCost[];
  readonly calls: CallCost[];
}

/**
 * The call tree with each function once, in the order of `frames`. A call that is within the same call, by recursion,
 * is part of that and counted once; what a function spends by calling itself costs its call nothing, being counted in
 * the function already.
 */
export function callGraphOf(profile: Profile): readonly GraphFunction[] {
  const functions = profile.frames.map((): GraphFunction => ({ self: [], calls: [] }));
  const weights = nodeWeights(profile);
  addSelfCosts(profile, functions, weights);
  addCallCosts(profile, functions, weights);
  return functions;
}

function addSelfCosts(
  { frames, nodes }: Profile,
  functions: readonly GraphFunction[],
  { selfUs, selfCount }: Weights,
): void {
  const lines = new RunningLines(nodes);
  const numbers = new Pairs();
  const costs: SelfCost[] = [];
  nodes.frame.forEach((frame, node) => {
    if (selfCount[node] === 0) return;
    for (const { line, share } of lines.sharesOf(node, frames[frame]!.line)) {
      const number = numbers.of(frame, line);
      if (number === costs.length) {
        costs.push({ line, us: 0, samples: 0 });
        functions[frame]!.self.push(costs[number]!);
      }
      costs[number]!.us += share * selfUs[node]!;
      costs[number]!.samples += share * selfCount[node]!;
    }
  });
}

function addCallCosts(
  { nodes: { frame, parent } }: Profile,
  functions: readonly GraphFunction[],
  { totalUs, totalCount }: Weights,
): void {
  const numbers = new Pairs();
  const calls: CallCost[] = [];
  /** Of each node the call that it is one of; -1 of what nothing has called. */
  const callOf = Int32Array.from(frame, (callee, node) => {
    const above = parent[node]!;
    if (above === -1 || totalCount[node] === 0) return -1;
    const number = numbers.of(frame[above]!, callee);
    if (number === calls.length) {
      calls.push({ callee, count: 0, us: 0, samples: 0 });
      functions[frame[above]!]!.calls.push(calls[number]!);
    }
    return number;
  });
  const isOutermost = outermost(parent, callOf, calls.length);
  callOf.forEach((number, node) => {
    if (isOutermost[node] === 0) return;
    calls[number]!.count += totalCount[node]!;
    if (frame[parent[node]!] === frame[node]) return;
    calls[number]!.us += totalUs[node]!;
    calls[number]!.samples += totalCount[node]!;
  });
}
