import type { Profiler } from 'node:inspector';

type Node = Profiler.ProfileNode & { children: number[] };

/**
 * What V8 tells of samples of these stacks, a ms apart, after the one that the start takes.
 * @param stacks functions, the outermost first, as a name, or as a name and a URL
 */
export function slice(stacks: readonly (readonly string[])[], startTime = 0): Profiler.Profile {
  const nodes: Node[] = [];
  const add = (functionName: string, url: string, siblings: number[]): Node => {
    const callFrame = { functionName, url, scriptId: '1', lineNumber: 0, columnNumber: 0 };
    const node = { id: nodes.length + 1, callFrame, children: [], positionTicks: [] };
    nodes.push(node);
    siblings.push(node.id);
    return node;
  };
  const root = add('(root)', '', []);
  const found = new Map<string, Node>();
  const leaves = stacks.map((stack) => {
    let [node, path] = [root, ''];
    for (const one of stack) {
      path += `\n${one}`;
      const [, name = one, url = ''] = /^(.*) (\w+:.*)$/.exec(one) ?? [];
      const known = found.get(path) ?? add(name, url, node.children);
      found.set(path, known);
      node = known;
    }
    return node.id;
  });
  return {
    nodes,
    startTime,
    endTime: startTime + stacks.length * 1_000,
    samples: [root.id, ...leaves],
    timeDeltas: [0, ...stacks.map(() => 1_000)],
  };
}
