import { describe, expect, test } from 'vitest';
import { ANY, Rules } from '../../src/cog/rules.ts';
import type { Target, TargetKindName } from '../../src/cog/target.ts';

function target(cog: string, kind: TargetKindName, name: string, more: Partial<Target> = {}): Target {
  return { id: `${cog}/${kind}/${name}`, cog, kind, name, slot: {} as Target['slot'], ...more };
}

const play = target('music', 'command', 'play');
const voice = target('music', 'listener', 'voiceStateUpdate');
const pay = target('economy', 'command', 'pay');
const targets = [play, voice, pay];

const wanted = (rules: Rules) => targets.filter((candidate) => rules.wants(candidate));

describe('groups', () => {
  test.each([
    [{ cog: ANY, kind: ANY }, targets],
    [{ cog: 'music', kind: ANY }, [play, voice]],
    [{ cog: ANY, kind: 'command' }, [play, pay]],
    [{ cog: 'music', kind: 'command' }, [play]],
  ] as const)('%j has its members', (group, members) => {
    const rules = new Rules();
    expect(rules.isEmpty).toBe(true);
    rules.track(group);
    expect(rules.isEmpty).toBe(false);
    expect(wanted(rules)).toEqual(members);
    rules.track(group, false);
    expect(wanted(rules)).toEqual([]);
    expect(rules.isEmpty).toBe(true);
  });

  test('a part is taken out of a wider group, and comes back with it', () => {
    const rules = new Rules();
    rules.track({ cog: ANY, kind: ANY });
    rules.track({ cog: 'music', kind: ANY }, false);
    expect(wanted(rules)).toEqual([pay]);
    rules.track({ cog: ANY, kind: ANY });
    expect(wanted(rules)).toEqual(targets);
  });

  test('the last word holds where a cog and a kind overlap', () => {
    const rules = new Rules();
    rules.track({ cog: 'music', kind: ANY });
    rules.track({ cog: ANY, kind: 'listener' }, false);
    expect(wanted(rules)).toEqual([play]);
    rules.track({ cog: ANY, kind: 'listener' });
    expect(wanted(rules)).toEqual([play, voice]);
    rules.track({ cog: 'music', kind: ANY }, false);
    expect(wanted(rules)).toEqual([]);
  });

  test('what hands calls on belongs to none', () => {
    const rules = new Rules();
    rules.track({ cog: ANY, kind: ANY });
    expect(rules.wants(target('bot', 'listener', 'interactionCreate', { dispatches: true }))).toBe(false);
  });
});

test('a rule for one target beats the ignore list, which beats switches and groups', () => {
  const rules = new Rules();
  rules.track({ cog: ANY, kind: ANY });
  rules.toggleIgnore('music*');
  expect(wanted(rules)).toEqual([pay]);
  expect(rules.objection(play)).toBe('it is on the ignore list');
  rules.decide(play.id, true);
  expect(wanted(rules)).toEqual([play, pay]);
  rules.decide(pay.id, false);
  expect(wanted(rules)).toEqual([play]);
  rules.decide(pay.id, undefined);
  rules.switch('command', false);
  expect(wanted(rules)).toEqual([play]);
  rules.switch('command', true, 'economy');
  expect(wanted(rules)).toEqual([play, pay]);
  rules.switch('command', false);
  expect(wanted(rules)).toEqual([play]);
});

describe('the ignore list', () => {
  test.each([
    ['music', [play, voice]],
    ['MUSIC', [play, voice]],
    ['play', [play]],
    ['music/command/play', [play]],
    ['*/command/*', [play, pay]],
    ['p?y', [pay]],
    ['p.*', []],
    ['(', []],
  ])('%s leaves out %j', (pattern, ignored) => {
    const rules = new Rules();
    expect(rules.toggleIgnore(pattern)).toBe(true);
    expect(targets.filter((candidate) => rules.ignores(candidate))).toEqual(ignored);
    expect(rules.toggleIgnore(` ${pattern.toUpperCase()} `)).toBe(false);
    expect(rules.ignored).toEqual([]);
  });
});

test('a threshold of its own beats that for all', () => {
  const rules = new Rules();
  expect(rules.thresholdMsOf(play.id)).toBe(0);
  rules.setThresholdMs(50);
  rules.setThresholdMs(5, pay.id);
  expect([play, pay].map(({ id }) => rules.thresholdMsOf(id))).toEqual([50, 5]);
  rules.setThresholdMs(0, pay.id);
  expect(rules.thresholdMsOf(pay.id)).toBe(0);
});
