import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProfilerError } from '../../src/errors.ts';
import type { FormatOptions, ProfileFormat } from '../../src/sampling/formats/format.ts';
import { PROFILE_FORMATS } from '../../src/sampling/formats/index.ts';
import { optionsFor } from '../../src/sampling/formats/options.ts';
import type { Profile } from '../../src/sampling/profile.ts';
import {
  buildProfile,
  HOSTILE_NAMES,
  hostileProfile,
  largeProfile,
  profiles,
  recordedUs,
  samplesOf,
} from './build.ts';

const all: readonly ProfileFormat[] = PROFILE_FORMATS;

function encode(name: string, profile: Profile, wishes: Partial<FormatOptions> = {}): string {
  const format = all.find((one) => one.name === name)!;
  return String(format.encode(profile, optionsFor(format, wishes)));
}

/** The rows of a report: the lines between its head and the next empty one. */
function rowsBelow(text: string, head: RegExp): string[] {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => head.test(line)) + 1;
  return lines.slice(first, lines.indexOf('', first)).filter((line) => !/^=+$/.test(line));
}

function numbersAt(rows: readonly string[], pattern: RegExp): number {
  return rows.reduce((sum, row) => sum + Number(pattern.exec(row)?.[1] ?? 0), 0);
}

interface Sum {
  readonly unit: 'samples' | 'us';
  readonly of: (profile: Profile) => number;
}

/** What the self time or samples in a file come to, read without our own code. */
const SUMS: Record<string, Sum> = {
  table: {
    unit: 'samples',
    of: (profile) =>
      numbersAt(rowsBelow(encode('table', profile, { limit: 1_000 }), /^nsamples/), /^\s*(\d+)/),
  },
  tree: {
    unit: 'samples',
    of: (profile) => numbersAt(rowsBelow(encode('tree', profile), /^Overhead/), /^\s*(\d+) ╎/),
  },
  'tree, inverted and grouped': {
    unit: 'samples',
    of: (profile) => {
      const text = encode('tree', profile, { inverted: true, group: ['thread', 'cog'] });
      return numbersAt(rowsBelow(text, /^Overhead/), /^\s*(\d+) ╎/);
    },
  },
  flat: {
    unit: 'samples',
    of: (profile) => numbersAt(rowsBelow(encode('flat', profile), /Count {2}Overhead/), /^\s*\d+\s+(\d+)/),
  },
  'flat, by line': {
    unit: 'samples',
    of: (profile) => {
      const text = encode('flat', profile, { granularity: 'line' });
      return numbersAt(rowsBelow(text, /Count {2}Overhead/), /^\s*–\s+([\d.]+)/);
    },
  },
  collapsed: {
    unit: 'us',
    // As flamegraph.pl reads it.
    of: (profile) => numbersAt(encode('collapsed', profile).split('\n'), /^.*\s+?(\d+(?:\.\d*)?)$/),
  },
  jsonl: {
    unit: 'us',
    of: (profile) =>
      records(encode('jsonl', profile))
        .filter(({ type }) => type === 'sample')
        .flatMap(({ rows }) => rows as number[][])
        .reduce((sum, row) => sum + row[4]!, 0),
  },
};

function records(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe.each(Object.entries(SUMS))('%s', (_name, { unit, of }) => {
  test('has all that was recorded', () => {
    fc.assert(
      fc.property(profiles, (profile) => {
        // Hits of lines are written with a decimal.
        const expected = unit === 'samples' ? samplesOf(profile) : recordedUs(profile);
        expect(Math.abs(of(profile) - expected)).toBeLessThan(1.5);
      }),
      { numRuns: 60 },
    );
  });

  test('has it under hostile names too', () => {
    const profile = hostileProfile();
    const expected = unit === 'samples' ? samplesOf(profile) : recordedUs(profile);
    expect(of(profile)).toBeCloseTo(expected);
  });
});

const MOST_GROWTH = 12;
const SHORT = largeProfile({ nodes: 15_000, samples: 75_000 });
const LONG = largeProfile();

describe.each(all.map((format) => [format.name, format] as const))('%s', (name, format) => {
  const encoded = (profile: Profile, wishes = {}) => format.encode(profile, optionsFor(format, wishes));

  test('says what it is and what opens it', () => {
    expect(format.name).toMatch(/^[a-z-]+$/);
    expect(format.extension).toMatch(/^[a-z]+[a-z.]*$/);
    expect(format.mediaType).toMatch(/^[a-z]+\/[\w.+-]+$/);
    expect(format.viewers.length).toBeGreaterThan(0);
    expect(all.filter((other) => other.name === name)).toHaveLength(1);
  });

  test('takes a profile of nothing', () => {
    expect(encoded(buildProfile([])).length).toBeGreaterThanOrEqual(0);
    expect(encoded(buildProfile([{ stack: ['(idle)'] }])).length).toBeGreaterThan(0);
  });

  test('is the same for the same, and leaves the profile as it was', () => {
    const profile = buildProfile([{ stack: ['emit@node:events', 'play@music', 'next@music'], times: 7 }]);
    const before = structuredClone(profile);
    expect(encoded(profile)).toEqual(encoded(profile));
    expect(profile).toEqual(before);
  });

  test('takes what is deep', () => {
    const stack = Array.from({ length: 10_000 }, (_, index) => `f${index % 50}@deep`);
    expect(encoded(buildProfile([{ stack }])).length).toBeGreaterThan(0);
  });

  test('takes time in proportion to the profile', () => {
    // Four times the size: quadratic work would take sixteen times as long. The best of some: others use the machine.
    const least = (profile: Profile) => {
      const times = Array.from({ length: 3 }, () => {
        const startedAt = process.cpuUsage();
        encoded(profile);
        const { user, system } = process.cpuUsage(startedAt);
        return user + system;
      });
      return Math.min(...times);
    };
    let ratio = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 3 && ratio >= MOST_GROWTH; round++) ratio = least(LONG) / least(SHORT);
    expect(ratio).toBeLessThan(MOST_GROWTH);
  }, 120_000);
});

const TEXTS = ['table', 'tree', 'flat', 'markdown', 'collapsed', 'jsonl', 'dot'] as const;
const LONGEST_LINE: Partial<Record<(typeof TEXTS)[number], number>> = {
  ...{ table: 500, tree: 500, flat: 500, markdown: 1_200, dot: 1_200 },
};

describe.each(TEXTS)('%s of hostile names', (name) => {
  const text = encode(name, hostileProfile());

  test('has nothing in it that moves or ends what is around it', () => {
    expect(text.isWellFormed()).toBe(true);
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(text).not.toMatch(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
  });

  test('has as many lines as with harmless names, and none too long', () => {
    const harmless = encode(name, renamed(hostileProfile()));
    expect(text.split('\n').length).toBe(harmless.split('\n').length);
    const longest = Math.max(...text.split('\n').map((line) => line.length));
    expect(longest).toBeLessThanOrEqual(LONGEST_LINE[name] ?? Number.POSITIVE_INFINITY);
  });
});

/** The same with a plain name in place of each. */
function renamed(profile: Profile): Profile {
  const plain = (text: string) => {
    const index = (HOSTILE_NAMES as readonly string[]).indexOf(text);
    return index === -1 ? text : `name${index}`;
  };
  return {
    ...profile,
    name: 'bot',
    frames: profile.frames.map((frame) => ({
      ...frame,
      name: plain(frame.name),
      file:
        frame.file === ''
          ? '/srv/empty.js'
          : `/srv/${HOSTILE_NAMES.findIndex((one) => frame.file.includes(one))}.js`,
      ...(frame.package !== undefined && { package: plain(frame.package) }),
      ...(frame.cog !== undefined && { cog: plain(frame.cog) }),
    })),
    owners: profile.owners.map((owner, index) => ({
      ...owner,
      name: `cog${index}/command/run`,
      cog: `cog${index}`,
    })),
    threads: profile.threads.map((thread) => ({ ...thread, name: plain(thread.name) })),
    markers: profile.markers.map((marker) => ({ ...marker, name: plain(marker.name) })),
  };
}

const small = buildProfile(
  [
    {
      stack: ['emit@node:events', 'play@music:3', 'next@music:20'],
      owner: 'music/command/play',
      times: 60,
      line: 21,
    },
    { stack: ['emit@node:events', 'play@music:3'], owner: 'music/command/play', times: 10 },
    {
      stack: ['emit@node:events', 'rank@levels:5', 'rank@levels:5'],
      owner: 'levels/command/rank',
      times: 29,
    },
    { stack: ['emit@node:events', 'tidy@levels:50'], owner: 'levels/task/tidy' },
  ],
  { markers: [{ kind: 'call', name: 'music/command/play', thread: 0, fromUs: 0, toUs: 140_000 }] },
);

describe('the table', () => {
  const names = (wishes: Partial<FormatOptions>) =>
    rowsBelow(encode('table', small, wishes), /^nsamples/).map((row) => /\((\w+)\)/.exec(row)?.[1]);

  test.each([
    ['nsamples', ['next', 'rank', 'play', 'tidy', 'emit']],
    ['tottime', ['next', 'rank', 'play', 'tidy', 'emit']],
    ['sample-pct', ['next', 'rank', 'play', 'tidy', 'emit']],
    ['cumtime', ['emit', 'play', 'next', 'rank', 'tidy']],
    ['cumul-pct', ['emit', 'play', 'next', 'rank', 'tidy']],
    ['nsamples-cumul', ['emit', 'play', 'next', 'rank', 'tidy']],
    ['name', ['rank', 'tidy', 'next', 'play', 'emit']],
  ])('is sorted by %s', (sort, expected) => {
    expect(names({ sort })).toEqual(expected);
  });

  test('has the columns of pstats, the owner and the margin', () => {
    const [row] = rowsBelow(encode('table', small), /^nsamples/);
    expect(row!.trim().split(/\s{2,}/)).toEqual([
      ...['60', '60.0 %', '9.4', '60.000', '60', '60.0 %', '60.000'],
      ...['cogs/music.js:20(next)', 'music/command/play'],
    ]);
  });

  test('stops at the limit, and tells that', () => {
    const text = encode('table', small, { limit: 2 });
    expect(rowsBelow(text, /^nsamples/)).toHaveLength(3);
    expect(text).toContain('… and 3 more');
  });

  test('may have as many rows as there are functions', () => {
    const many = largeProfile({ nodes: 150_000, samples: 300_000, frames: 150_000 });
    expect(rowsBelow(encode('table', many, { limit: 1_000_000 }), /^nsamples/).length).toBeGreaterThan(
      80_000,
    );
  });

  test('remarks on what stands out, unless that is not wanted', () => {
    const text = encode('table', small);
    expect(text).toMatch(/Hot spots.*\n {2}cogs\/music\.js:20\(next\): 100 %/);
    expect(text).toMatch(/Indirect calls.*\n {2}node:events:1\(emit\): 100 samples/);
    expect(text).toMatch(/Call magnification.*\n {2}cogs\/music\.js:3\(play\): 7\.0 times/);
    expect(encode('table', small, { summary: false })).not.toContain('Hot spots');
  });

  test.each([
    [1_000, 's'],
    [1, 'ms'],
    [0.01, 'µs'],
  ])('of samples of %d ms is in %s', (ms, unit) => {
    const text = encode('table', buildProfile([{ stack: ['play@music'], us: ms * 1_000, times: 2 }]));
    expect(text).toContain(`tottime (${unit})`);
  });
});

describe('the tree', () => {
  const rows = (wishes: Partial<FormatOptions>) =>
    rowsBelow(encode('tree', small, wishes), /^Overhead/).map((row) => row.replace(/^\s*(\d*) ╎/, '$1╎'));

  test('is indented by level, in the order of files and lines', () => {
    expect(rows({})).toEqual([
      '╎100 node:events:1; emit',
      '╎ 29  cogs/levels.js:5; rank',
      '29╎  29  cogs/levels.js:5; rank',
      '1╎ 1   cogs/levels.js:50; tidy',
      '10╎ 70  cogs/music.js:3; play',
      '60╎  60  cogs/music.js:20; next',
    ]);
  });

  test('is sorted by what is asked for', () => {
    expect(rows({ sort: 'total', maxDepth: 2 }).map((row) => row.split(' ').at(-1))).toEqual([
      ...['emit', 'play', 'rank', 'tidy'],
    ]);
    expect(rows({ sort: 'self', maxDepth: 2 }).map((row) => row.split(' ').at(-1))).toEqual([
      ...['emit', 'play', 'tidy', 'rank'],
    ]);
  });

  test.each<[Partial<FormatOptions>, string[]]>([
    [{ maxDepth: 1 }, ['emit']],
    [{ minCount: 30 }, ['emit', 'play', 'next']],
    [{ noise: 2 }, ['emit', 'rank', 'rank', 'play', 'next']],
    [{ recursion: 'flat' }, ['emit', 'rank', 'tidy', 'play', 'next']],
    [{ group: ['cog'], maxDepth: 1 }, ['[levels]', '[music]']],
    [{ inverted: true, maxDepth: 1 }, ['rank', 'tidy', 'play', 'next']],
  ])('with %j it has %j', (wishes, expected) => {
    expect(rows(wishes).map((row) => row.split(' ').at(-1))).toEqual(expected);
  });

  test('counts the levels that there is no room for', () => {
    const stack = Array.from({ length: 30 }, (_, index) => `f${index}@deep`);
    const lines = rowsBelow(encode('tree', buildProfile([{ stack }]), { width: 80 }), /^Overhead/);
    expect(lines.at(-1)).toContain('+9 1');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  test('tells of each thread how much it had to do', () => {
    const profile = buildProfile([{ stack: ['(idle)'], times: 3 }, { stack: ['play@music'] }]);
    expect(encode('tree', profile)).toContain('shard 0 main: 4 samples, utilization 25.0 %');
  });
});

describe('the list of functions', () => {
  test('counts recursion once', () => {
    expect(encode('flat', small)).toMatch(/^ +29 +29 {2}cogs\/levels\.js:5; rank$/m);
  });

  test('has a table for each group', () => {
    const text = encode('flat', small, { group: ['thread', 'command'] });
    expect(text.match(/^\[.*\]$/gm)).toEqual([
      '[shard 0 main / music/command/play]',
      '[shard 0 main / levels/command/rank]',
      '[shard 0 main / levels/task/tidy]',
    ]);
  });

  test('is one of lines where that is asked for', () => {
    expect(encode('flat', small, { granularity: 'line', sort: 'self' })).toMatch(
      /^ +– +60 {2}cogs\/music\.js:21; next$/m,
    );
  });
});

test('collapsed stacks begin with thread, cog and command; a name that is both is there once', () => {
  const profile = buildProfile([
    { stack: ['emit@node:events', 'get size@music'], owner: 'music/command/play', thread: '1/main' },
    { stack: ['(idle)'], times: 2 },
  ]);
  expect(encode('collapsed', profile).trimEnd().split('\n')).toEqual([
    'shard%201%20main;music;music/command/play;emit@node:events:1;get%20size@cogs/music.js:1 1000',
    'shard%200%20main;(idle) 2000',
  ]);
});

test('collapsed stacks of fractions of µs add up', () => {
  const samples = Array.from({ length: 9 }, (_, index) => ({ stack: [`f${index}@music`], us: 1.5 }));
  const values = encode('collapsed', buildProfile(samples)).match(/\d+$/gm)!;
  expect(values.reduce((sum, value) => sum + Number(value), 0)).toBeGreaterThanOrEqual(13);
  expect(values.reduce((sum, value) => sum + Number(value), 0)).toBeLessThanOrEqual(14);
});

test('a deep recursion that is sampled everywhere is cut, and its time kept', () => {
  const stack = Array.from({ length: 1_000 }, () => 'walk@tree');
  const samples = stack.map((_, depth) => ({ stack: stack.slice(0, depth + 1) }));
  const lines = encode('collapsed', buildProfile(samples)).trimEnd().split('\n');
  expect(Math.max(...lines.map((line) => line.split(';').length))).toBe(512);
  expect(numbersAt(lines, / (\d+)$/)).toBe(1_000_000);
});

test('JSON Lines can be put together again', () => {
  fc.assert(
    fc.property(profiles, (profile) => {
      const read = records(encode('jsonl', profile));
      const [meta, end] = [read[0]!, read.at(-1)!];
      const rows = (type: string) =>
        read.filter((one) => one['type'] === type).flatMap((one) => one['rows'] as number[][]);
      const strings = read.flatMap((one) => (one['strings'] as string[] | undefined) ?? []);
      expect(meta).toMatchObject({ type: 'meta', v: 1, name: profile.name, durationUs: profile.durationUs });
      expect(end).toEqual({
        type: 'end',
        samples: samplesOf(profile),
        us: recordedUs(profile),
        lines: read.length,
      });
      expect(rows('frame').map(([name, file, line]) => [strings[name!], strings[file!], line])).toEqual(
        profile.frames.map(({ name, file, line }) => [name, file, line]),
      );
      expect(rows('node')).toEqual(
        [...profile.nodes.frame].map((frame, node) => [profile.nodes.parent[node], frame]),
      );
      expect(rows('owner').map(([kind, name]) => [strings[kind!], strings[name!]])).toEqual(
        profile.owners.map(({ kind, name }) => [kind, name]),
      );
      const columns = meta['columns'] as Record<string, string[]>;
      for (const [type, names] of Object.entries(columns)) {
        for (const row of rows(type)) expect(row).toHaveLength(names.length);
      }
      expect(rows('sample').reduce((sum, row) => sum + row[3]!, 0)).toBe(samplesOf(profile));
    }),
  );
});

test('JSON Lines come in chunks', () => {
  const profile = largeProfile({ nodes: 2_000, samples: 5_000 });
  const read = records(encode('jsonl', profile));
  const chunks = read.filter(({ type }) => type === 'node');
  expect(chunks.map(({ from }) => from)).toEqual([0, 256, 512, 768, 1_024, 1_280, 1_536, 1_792]);
});

describe('the report', () => {
  test('tells cogs, commands, calls, functions and lines, with their margins', () => {
    const text = encode('markdown', small);
    expect(text).toContain('| `music` | 70.0 % ± 8.9 | 70ms |');
    expect(text).toContain('| `music/command/play` | 1 | 140ms | 50.0 % | 21.4 % | 28.6 % |');
    expect(text).toContain('| `next` | `cogs/music.js:20` | 60.0 % ± 9.4 | 60.0 % | `music/command/play` |');
    expect(text).toContain('| `cogs/music.js:21` | 60.0 % ± 9.4 | `next` |');
    expect(text).toContain('**A single line is hot**: 60.0 % ± 9.4');
  });

  test('does not become longer than what a chat takes', () => {
    expect(encode('markdown', largeProfile({ nodes: 5_000 }), { limit: 100_000 }).length).toBeLessThanOrEqual(
      16_000,
    );
    expect(encode('markdown', hostileProfile(), { limit: 100_000 }).length).toBeLessThanOrEqual(16_000);
  });

  test('has tables whose rows have as many cells as their heads, whatever the names', () => {
    const tables = encode('markdown', hostileProfile())
      .split('\n\n')
      .filter((part) => part.startsWith('|'));
    expect(tables.length).toBeGreaterThan(3);
    for (const table of tables) {
      const cells = table
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/(?<!\\)\|/).length);
      expect(new Set(cells).size).toBe(1);
    }
  });
});

describe('the graph', () => {
  test('has functions and who called them, from the thresholds on', () => {
    const text = encode('dot', small, { minNodePercent: 5, minEdgePercent: 30 });
    expect(text.match(/^ {2}f\d+ \[label="\w+/gm)).toEqual([
      '  f0 [label="emit',
      '  f1 [label="play',
      '  f2 [label="next',
      '  f3 [label="rank',
    ]);
    expect(text.match(/^ {2}f\d+ -> f\d+/gm)).toEqual(['  f0 -> f1', '  f1 -> f2']);
    expect(encode('dot', small, { minNodePercent: 0, minEdgePercent: 0 }).match(/->/g)).toHaveLength(5);
  });

  test('is one whatever the names: each line is a statement, and quotes are in pairs', () => {
    const lines = encode('dot', hostileProfile(), { minNodePercent: 0, minEdgePercent: 0 })
      .trimEnd()
      .split('\n');
    expect([lines[0], lines.at(-1)]).toEqual(['digraph {', '}']);
    const text = '"(?:[^"\\\\]|\\\\.)*"';
    const attributes = `(?:\\w+=(?:${text}|\\w[\\w.]*)(?:, )?)+`;
    const statement = new RegExp(`^ {2}(?:graph|node|edge|f\\d+(?: -> f\\d+)?) \\[${attributes}\\]$`);
    for (const line of lines.slice(1, -1)) expect(line).toMatch(statement);
  });
});

describe('options', () => {
  const format = (name: string) => all.find((one) => one.name === name)!;

  test.each<[string, Record<string, unknown>, string]>([
    ['table', { maxDepth: 3 }, 'The option `maxDepth` does not go with `format: table`.'],
    ['jsonl', { sort: 'self' }, 'The option `sort` does not go with `format: jsonl`.'],
    ['tree', { colour: 'red' }, 'The option `colour` is unknown.'],
    ['tree', { toString: 1 }, 'The option `toString` is unknown.'],
    ['tree', { sort: 'nsamples' }, 'The option `sort` must be one of `location`, `total`, `self`.'],
    ['table', { limit: 0 }, 'The option `limit` must be a whole number, at least 1.'],
    ['table', { limit: 1.5 }, 'The option `limit` must be a whole number, at least 1.'],
    ['tree', { noise: -1 }, 'The option `noise` must be a number from 0 to 1000.'],
    ['tree', { noise: Number.NaN }, 'The option `noise` must be a number from 0 to 1000.'],
    ['table', { summary: 'no' }, 'The option `summary` must be true or false.'],
    [
      'tree',
      { group: ['cog', 'cog'] },
      'The option `group` must be a list of `thread`, `cog`, `command`, `package`, each once.',
    ],
    [
      'tree',
      { inverted: true, recursion: 'flat' },
      'The option `recursion` does not go with `inverted: true`: an inverted tree begins with the innermost call already.',
    ],
    [
      'flat',
      { granularity: 'line', group: ['cog'] },
      'The option `group` does not go with `granularity: line`: lines are counted over all samples: narrow the profile by a filter.',
    ],
  ])('%s with %j is refused: %s', (name, wishes, message) => {
    expect(() => optionsFor(format(name), wishes)).toThrow(ProfilerError);
    expect(() => optionsFor(format(name), wishes)).toThrow(message);
  });

  test('are complete where nothing is wished, by what the format says first', () => {
    expect(optionsFor(format('table'))).toMatchObject({ limit: 15, sort: 'nsamples', summary: true });
    expect(optionsFor(format('tree'))).toMatchObject({ sort: 'location', noise: 0, width: 500 });
    expect(optionsFor(format('collapsed'))).toMatchObject({ group: ['thread', 'cog', 'command'] });
    expect(optionsFor(format('collapsed'), { group: [] })).toMatchObject({ group: [] });
    expect(optionsFor(format('tree'), { maxDepth: undefined } as never).maxDepth).toBe(
      Number.POSITIVE_INFINITY,
    );
  });
});
