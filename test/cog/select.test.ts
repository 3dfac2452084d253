import { describe, expect, test } from 'vitest';
import { ANY } from '../../src/cog/rules.ts';
import { keyOf, select } from '../../src/cog/select.ts';
import type { Target, TargetKindName } from '../../src/cog/target.ts';

const longName = 'a'.repeat(120);
const targets = new Map(
  (
    [
      ['music', 'command', 'play'],
      ['music', 'command', 'queue add'],
      ['music', 'listener', 'voiceStateUpdate'],
      ['task', 'task', 'refresh'],
      ['economy', 'command', longName],
      ['router', 'listener', 'interactionCreate'],
    ] satisfies [string, TargetKindName, string][]
  ).map(([cog, kind, name]): [string, Target] => {
    const id = `${cog}/${kind}/${name}`;
    return [id, { id, cog, kind, name, slot: {} as Target['slot'], dispatches: cog === 'router' }];
  }),
);

function names(query: string, dispatchers: 'members' | 'apart' = 'apart'): string[] {
  return select(query, targets, dispatchers).targets.map(({ name }) => name);
}

describe('a query names', () => {
  test.each([
    ['play', ['play'], []],
    ['MUSIC/command/Play', ['play'], []],
    ['queue add', ['queue add'], []],
    ['music', ['play', 'queue add', 'voiceStateUpdate'], [{ cog: 'music', kind: ANY }]],
    ['music/command', ['play', 'queue add'], [{ cog: 'music', kind: 'command' }]],
    ['listeners', ['voiceStateUpdate'], [{ cog: ANY, kind: 'listener' }]],
    ['kind:task', ['refresh'], [{ cog: ANY, kind: 'task' }]],
    ['task', ['refresh'], [{ cog: 'task', kind: ANY }]],
    ['play, refresh', ['play', 'refresh'], []],
    ['play refresh', ['play', 'refresh'], []],
    ['target:play', ['play'], []],
    [keyOf(`economy/command/${longName}`), [longName], []],
    ['interactionCreate', ['interactionCreate'], []],
    // A group of nothing else.
    ['router', ['interactionCreate'], []],
  ])('%s', (query, expected, groups) => {
    const selection = select(query, targets, 'apart');
    expect(selection.targets.map(({ name }) => name)).toEqual(expected);
    expect(selection.groups).toEqual(groups);
  });
});

test('what hands calls on is a member when asked for', () => {
  expect(names('all')).not.toContain('interactionCreate');
  expect(names('all', 'members')).toContain('interactionCreate');
  expect(names('all')).toHaveLength(5);
});

test.each([
  'cog:play',
  'target:music',
  'kind:music',
  'nothing',
  'play nothing',
  'play, nothing',
  'music/nothing',
])('%s is unknown', (query) => {
  expect(() => select(query, targets, 'apart')).toThrow(expect.objectContaining({ code: 'UNKNOWN_TARGET' }));
});
