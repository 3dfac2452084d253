import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Profile } from '../../../src/sampling/profile.ts';
import { changeOf, goneStacks, recordedBy } from '../../../src/sampling/viewers/client/compare.ts';
import { cogTimes, loopTimes, targetTimes } from '../../../src/sampling/viewers/client/facts.ts';
import { fileGroups } from '../../../src/sampling/viewers/client/files.ts';
import { functionTimes, neighboursOf } from '../../../src/sampling/viewers/client/functions.ts';
import { layOut } from '../../../src/sampling/viewers/client/layout.ts';
import { type Model, unpack } from '../../../src/sampling/viewers/client/model.ts';
import { find, matcher } from '../../../src/sampling/viewers/client/search.ts';
import { stacksOf, type View } from '../../../src/sampling/viewers/client/stacks.ts';
import { Tree, type TreeNode } from '../../../src/sampling/viewers/client/tree.ts';
import { pack } from '../../../src/sampling/viewers/pack.ts';
import { buildProfile, frame, profiles, recordedUs, type SampleSpec, samplesOf } from '../build.ts';
import { busyBot, changedBot } from './busy-bot.ts';

const ALL: View = {
  mode: 'wall',
  thread: undefined,
  shard: undefined,
  cog: undefined,
  groupBy: 'nothing',
  isInverted: false,
  isFolded: false,
};

function modelOf(...given: Profile[]): Model {
  return unpack(JSON.parse(JSON.stringify(pack(given, {}))));
}

function treeOf(model: Model, view: Partial<View> = {}): Tree {
  return new Tree(model, stacksOf(model, { ...ALL, ...view }));
}

function named(model: Model, parent: TreeNode, tree: Tree): Record<string, number> {
  return Object.fromEntries(
    tree.childrenOf(parent).map((child) => [model.labels[child.label]!.name, child.weightUs]),
  );
}

/** The nodes below one, as paths with their own time. */
function flattened(model: Model, tree: Tree): Record<string, number> {
  const all: Record<string, number> = {};
  const walk = (node: TreeNode, path: string) => {
    for (const child of tree.childrenOf(node)) {
      const here = `${path}/${model.labels[child.label]!.name}`;
      const selfUs = child.self.weightUs + child.self.baseWeightUs;
      if (selfUs > 0) all[here] = selfUs;
      walk(child, here);
    }
  };
  walk(tree.root, '');
  return all;
}

const views = fc.record({
  mode: fc.constant<View['mode']>('wall'),
  thread: fc.constant(undefined),
  shard: fc.constant(undefined),
  cog: fc.constant(undefined),
  groupBy: fc.constantFrom<View['groupBy']>('nothing', 'cog', 'thread'),
  isInverted: fc.boolean(),
  isFolded: fc.boolean(),
});

describe('what a page draws', () => {
  test('has the totals of the profile in every view, and each node those of what it calls', () => {
    fc.assert(
      fc.property(profiles, views, (profile, view) => {
        const model = modelOf(profile);
        const tree = treeOf(model, view);
        expect(tree.root.weightUs).toBe(recordedUs(profile));
        expect(tree.root.count).toBe(samplesOf(profile));
        const walk = (node: TreeNode) => {
          const children = tree.childrenOf(node);
          const called = children.reduce((sum, { weightUs }) => sum + weightUs, 0);
          expect(node.self.weightUs + called).toBe(node.weightUs);
          expect(new Set(children.map(({ label }) => label)).size).toBe(children.length);
          for (const child of children) {
            expect([...tree.cellsOf(child)].reduce((sum, cell) => sum + model.cells.count[cell]!, 0)).toBe(
              child.count,
            );
            walk(child);
          }
        };
        walk(tree.root);
      }),
    );
  });

  test('shares the time out between modes, cogs, files and functions without losing or adding any', () => {
    fc.assert(
      fc.property(profiles, (profile) => {
        const model = modelOf(profile);
        const whole = recordedUs(profile);
        const times = loopTimes(model, ALL);
        const { javascript, native, gc, idle, profiler } = times;
        expect(times.all.weightUs).toBe(whole);
        expect([javascript, native, gc, idle, profiler].reduce((sum, one) => sum + one.weightUs, 0)).toBe(
          whole,
        );
        const timeIn = (mode: View['mode']) => treeOf(model, { mode }).root.weightUs;
        expect(timeIn('cpu')).toBe(whole - idle.weightUs);
        expect(timeIn('loop')).toBe(whole - idle.weightUs - native.weightUs);
        expect(timeIn('no-gc')).toBe(whole - idle.weightUs - gc.weightUs);
        const stacks = stacksOf(model, ALL);
        const selves = functionTimes(model, stacks).reduce((sum, { self }) => sum + self.weightUs, 0);
        expect(selves).toBe(whole);
        expect(fileGroups(model, stacks).reduce((sum, { selfUs }) => sum + selfUs, 0)).toBe(whole);
        const owned = cogTimes(model, ALL).reduce((sum, { measured }) => sum + measured.weightUs, 0);
        const idleOwned = [...model.cells.owner].reduce(
          (sum, index, cell) =>
            sum + (model.owners[index]!.kind === 'idle' ? model.cells.weightUs[cell]! : 0),
          0,
        );
        expect(owned).toBe(whole - idleOwned);
      }),
    );
  });

  test('fills its width with boxes, however small they are', () => {
    fc.assert(
      fc.property(profiles, fc.constantFrom(0, 0.01, 0.2), (profile, smallest) => {
        fc.pre(samplesOf(profile) > 0);
        const tree = treeOf(modelOf(profile));
        const { boxes } = layOut(tree, tree.root, smallest, (node) => node.weightUs);
        const first = boxes.filter(({ row }) => row === 0);
        expect(first.reduce((sum, { width }) => sum + width, 0)).toBeCloseTo(1, 9);
        for (const box of boxes) {
          expect(box.smallCount > 0 || box.width >= smallest).toBe(true);
          expect(box.x + box.width).toBeLessThan(1 + 1e-9);
        }
      }),
    );
  });

  test('puts functions where they were called, counts recursion once, and turns around', () => {
    const profile = buildProfile([
      { stack: ['a@music', 'b@music', 'a@music'], us: 100 },
      { stack: ['a@music', 'c@npm:ms'], us: 10 },
      { stack: ['d@node:fs', 'b@music'], us: 1 },
    ]);
    const model = modelOf(profile);
    const tree = treeOf(model);
    expect(flattened(model, tree)).toEqual({ '/a/b/a': 100, '/a/c': 10, '/d/b': 1 });
    expect(named(model, tree.root, tree)).toEqual({ a: 110, d: 1 });
    const inverted = treeOf(model, { isInverted: true });
    expect(flattened(model, inverted)).toEqual({ '/a/b/a': 100, '/c/a': 10, '/b/d': 1 });
    expect(flattened(model, treeOf(model, { isFolded: true }))).toEqual({
      '/a/b/a': 100,
      '/a/c': 10,
      '/b': 1,
    });
    const functions = functionTimes(model, stacksOf(model, ALL));
    expect(functions.map(({ label, self, total }) => [label.name, self.weightUs, total.weightUs])).toEqual([
      ['a', 100, 110],
      ['c', 10, 10],
      ['b', 1, 101],
      ['d', 0, 1],
    ]);
    const b = functions.find(({ label }) => label.name === 'b')!;
    const { callers, callees } = neighboursOf(model, stacksOf(model, ALL), b.label.index);
    expect(callers.map(({ label, measured }) => [label.name, measured.weightUs])).toEqual([
      ['a', 100],
      ['d', 1],
    ]);
    expect(callees.map(({ label, measured }) => [label.name, measured.weightUs])).toEqual([['a', 100]]);
  });

  test('folds what is inside Node, but for what somebody called and what nobody did', () => {
    const folded = (...stack: string[]) => {
      const model = modelOf(buildProfile([{ stack, us: 5 }]));
      const [path] = Object.keys(flattened(model, treeOf(model, { isFolded: true })));
      const [inverted] = Object.keys(flattened(model, treeOf(model, { isFolded: true, isInverted: true })));
      expect(inverted!.split('/').slice(1).reverse()).toEqual(path!.split('/').slice(1));
      return path;
    };
    expect(folded('tick@node:timers', 'emit@node:events', 'play@music')).toBe('/play');
    expect(folded('tick@node:timers', 'play@music', 'readFileSync@node:fs', 'open@node:fs')).toBe(
      '/play/readFileSync',
    );
    expect(folded('play@music', 'readFileSync@node:fs', 'open@node:fs', '(program)')).toBe(
      '/play/readFileSync/(program)',
    );
    expect(folded('play@music', 'emit@node:events', 'next@music', 'read@node:fs')).toBe('/play/next/read');
    expect(folded('outer@node:events', 'inner@node:fs')).toBe('/outer');
  });

  test('can be of one thread, one shard, one cog', () => {
    const model = modelOf(busyBot());
    const whole = treeOf(model).root.weightUs;
    const byThread = model.threads.map((_, thread) => treeOf(model, { thread }).root.weightUs);
    expect(byThread.every((time) => time > 0)).toBe(true);
    expect(byThread.reduce((sum, time) => sum + time)).toBe(whole);
    expect(treeOf(model, { shard: 1 }).root.weightUs).toBe(1_000_000);
    expect(treeOf(model, { shard: 1, cog: 'music' }).root.weightUs).toBe(50_000);
    const levels = treeOf(model, { cog: 'levels', groupBy: 'cog' });
    expect(named(model, levels.root, levels)).toEqual({ levels: 200_000 });
  });

  test('tells beside the picture what calls took in all, waiting included', () => {
    const model = modelOf(busyBot());
    const play = targetTimes(model, ALL)[0]!;
    expect(play).toMatchObject({ name: 'music/command/play', cog: 'music', calls: 2, wallUs: 2_999_000 });
    expect(play.measured.weightUs).toBe(342_000);
    // It was called, and too short to be sampled.
    expect(targetTimes(model, ALL).find(({ name }) => name.startsWith('welcome'))).toMatchObject({
      calls: 1,
      measured: { weightUs: 0 },
    });
    expect(targetTimes(model, { ...ALL, shard: 1 })[0]).toMatchObject({ calls: 0, wallUs: 0 });
  });

  test('shares what a function did out by its lines', () => {
    const model = modelOf(busyBot());
    const groups = fileGroups(model, stacksOf(model, ALL));
    const music = groups.find(({ title }) => title === 'Cog music')!.files[0]!;
    const findSong = music.functions.find(({ label }) => label.name === 'findSong')!;
    expect(findSong.lines).toEqual([
      { line: 44, ticks: 110, selfUs: 110_000 },
      { line: 47, ticks: 12, selfUs: 12_000 },
    ]);
    // The bot's own files come first, whatever is hotter.
    const isBot = groups.map((group) => group.isBot);
    expect(isBot).toEqual([...isBot].sort((a, b) => Number(b) - Number(a)));
  });
});

describe('the search', () => {
  const model = modelOf(busyBot());
  const stacks = stacksOf(model, { ...ALL, mode: 'cpu' });
  const found = (query: string) => {
    const { isFound, labelCount, measured } = find(model, stacks, matcher(query)!);
    const functions = model.labels.filter(({ kind }) => kind !== 'group');
    const names = functions.filter(({ index }) => isFound[index] === 1).map(({ name }) => name);
    return { names, labelCount, us: measured.weightUs };
  };

  test('finds functions by name and file, without caring for capitals', () => {
    expect(found('FINDSONG')).toEqual({ names: ['findSong'], labelCount: 1, us: 292_000 });
    expect(found('discord.js').names).toContain('_patch');
    expect(found('nothing like it')).toEqual({ names: [], labelCount: 0, us: 0 });
    expect(matcher('  ')).toBeUndefined();
  });

  test('finds by the line that a function begins on, or that was running', () => {
    expect(found('music.js:40').names).toEqual(['findSong']);
    expect(found('cogs/music.js:44').names).toEqual(['findSong']);
    expect(found('music.js:41').names).toEqual([]);
  });

  test('finds a cog, and not another one whose name begins the same', () => {
    expect(found('cog:music').names).toEqual(['play', 'findSong']);
    expect(found('cog:mus').names).toEqual([]);
    expect(found('cog: LEVELS').us).toBe(200_000);
  });

  test('takes what has a meaning elsewhere for a name', () => {
    for (const query of ['.*', '(a', '[a', '\\', '%s', '__proto__', 'constructor:1']) {
      expect(found(query).labelCount).toBe(0);
    }
  });
});

describe('two recordings', () => {
  const model = modelOf(busyBot(), changedBot());
  const view = { ...ALL, mode: 'cpu' } as const;
  const tree = treeOf(model, view);
  const recorded = recordedBy(model, view);
  const changes = () => {
    const all: Record<string, string> = {};
    const walk = (node: TreeNode) => {
      for (const child of tree.childrenOf(node)) {
        all[model.labels[child.label]!.name] = changeOf(child, recorded);
        walk(child);
      }
    };
    walk(tree.root);
    return all;
  };

  test('are told apart: what is slower, faster, new, gone, and what may be chance', () => {
    expect(changes()).toMatchObject({
      levenshtein: 'faster',
      stringify: 'slower',
      sqrt: 'new',
      readFileSync: 'gone',
      interest: 'noise',
      _patch: 'noise',
    });
  });

  test('have the totals of each', () => {
    const both = treeOf(model);
    expect(both.root.weightUs).toBe(recordedUs(changedBot()));
    expect(both.root.baseWeightUs).toBe(recordedUs(busyBot()));
  });

  test('say nothing of a change where there is none', () => {
    const same = modelOf(busyBot(), busyBot());
    const whole = treeOf(same);
    const every = recordedBy(same, ALL);
    const walk = (node: TreeNode) => {
      for (const child of whole.childrenOf(node)) {
        expect(changeOf(child, every)).toBe('noise');
        walk(child);
      }
    };
    walk(whole.root);
    const gone = goneStacks(stacksOf(same, ALL), whole);
    expect(gone.cells).toHaveLength(0);
  });

  test('show what is gone, and nothing else', () => {
    const stacks = stacksOf(model, view);
    const gone = new Tree(model, goneStacks(stacks, new Tree(model, stacks)));
    const names = Object.keys(flattened(model, gone));
    expect(names).toHaveLength(1);
    expect(names[0]).toMatch(/play\/readFileSync$/);
    expect(gone.root).toMatchObject({ weightUs: 0, baseWeightUs: 45_000 });
  });

  test('know a function again that has been moved down its file, but not two of one name', () => {
    const moved = (line: number, ...more: SampleSpec[]) =>
      buildProfile([{ stack: [`play@music:${line}`] }, ...more]);
    expect(modelOf(moved(5), moved(9)).labels.filter(({ name }) => name === 'play')).toMatchObject([
      { line: 9 },
    ]);
    const second: SampleSpec = { stack: [frame('play@music:70')] };
    const lines = modelOf(moved(5, second), moved(9))
      .labels.filter(({ name }) => name === 'play')
      .map(({ line }) => line);
    expect(lines).toEqual([5, 70, 9]);
  });
});
