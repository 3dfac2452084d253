import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Routes } from 'discord.js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readRecording } from '../../src/cli/recording-io.ts';
import { RestWatch } from '../../src/rest/watch.ts';
import { merged } from '../../src/sampling/merge.ts';
import type { Marker } from '../../src/sampling/profile.ts';
import { keepLongest } from '../../src/sampling/recorder/longest.ts';
import { Marks } from '../../src/sampling/recorder/marks.ts';
import { encodeRecording } from '../../src/sampling/recording-file.ts';
import { decodeAnyRecording, PARTS_HEAD, partBytes } from '../../src/sampling/recording-parts.ts';
import { answer, textOf } from '../commands/pages.ts';
import { startBot } from '../fixtures/bot.ts';
import { temporaryFolder } from '../fixtures/folder.ts';
import { profileOf } from '../fixtures/recording.ts';
import { requestProfile } from './truth.ts';

/** An id that nothing has. */
const NO_CHANNEL = '100000000000000000';
const MESSAGES = 'POST /channels/:id/messages';

describe('a recording of a bot', () => {
  let bot: Awaited<ReturnType<typeof startBot>>;
  beforeEach(async () => {
    bot = await startBot();
  });
  afterEach(() => bot[Symbol.asyncDispose]());

  const messages = () => Routes.channelMessages(bot.discord.channel('random').id);
  const say = (signal?: AbortSignal) =>
    bot.client.rest.post(messages(), { body: { content: 'hello' }, ...(signal && { signal }) });

  function markersOf(id: string): Marker[] {
    const { markers } = profileOf(bot.profiler, id);
    return markers.filter(({ kind }) => kind === 'request' || kind === 'wait');
  }

  test('marks its requests with their status, and what they waited for', async () => {
    bot.discord.fault({ method: 'POST', path: messages(), delayMs: 100 });
    bot.discord.fault({ method: 'POST', path: messages(), status: 503 });
    bot.discord.fault({ method: 'POST', path: messages(), status: 429, retryAfterMs: 100 });
    const { recording } = await bot.profiler.profile(async () => {
      await Promise.all([say(), say()]);
      await bot.client.rest.get(Routes.channel(NO_CHANNEL)).catch(() => undefined);
    });
    const found = markersOf(recording.id);
    const requests = found.filter(({ kind }) => kind === 'request');
    expect(requests.map(({ name }) => name)).toEqual([
      `${MESSAGES} 200`,
      `${MESSAGES} 200`,
      'GET /channels/:id 404',
    ]);
    const waits = found.filter(({ kind }) => kind === 'wait');
    expect(new Set(waits.map(({ name }) => name))).toEqual(
      new Set([`queue ${MESSAGES}`, `limit ${MESSAGES}`, `backoff ${MESSAGES}`]),
    );
    // Each wait lies within a request for the same route; the profile is as long as all of it.
    for (const wait of waits) {
      const around = requests.filter(({ fromUs, toUs }) => fromUs <= wait.fromUs && wait.toUs <= toUs);
      expect(around.map(({ name }) => name)).toContain(`${MESSAGES} 200`);
    }
    const { durationUs } = profileOf(bot.profiler, recording.id);
    for (const { thread, fromUs, toUs } of found) {
      expect(thread).toBe(0);
      expect(fromUs).toBeLessThan(toUs);
      expect(toUs).toBeLessThanOrEqual(durationUs);
    }
  }, 60_000);

  test('has those too that began before it, or are not over at its end', async () => {
    bot.discord.fault({ method: 'POST', path: messages(), delayMs: 60_000 });
    const abort = new AbortController();
    const early = say(abort.signal);
    const recording = await bot.profiler.startRecording();
    const late = say(abort.signal);
    await sleep(20);
    const { id } = await recording.stop();
    expect(markersOf(id).map(({ kind, name }) => [kind, name])).toEqual([
      ['request', `${MESSAGES} (under way)`],
      ['request', `${MESSAGES} (under way)`],
      ['wait', `queue ${MESSAGES}`],
    ]);
    abort.abort();
    await Promise.allSettled([early, late]);
  }, 60_000);

  test('observes requests only as long as it lasts', async () => {
    const observed: boolean[] = [];
    const { observe } = RestWatch.prototype;
    using _spy = vi.spyOn(RestWatch.prototype, 'observe').mockImplementation(function (this: RestWatch, one) {
      const use = observe.call(this, one);
      const index = observed.push(true) - 1;
      return {
        [Symbol.dispose]() {
          observed[index] = false;
          use[Symbol.dispose]();
        },
      };
    });
    await say();
    expect(observed).toEqual([]);
    const recording = await bot.profiler.startRecording();
    expect(observed).toEqual([true]);
    await recording.stop();
    expect(observed).toEqual([false]);
    const cancelled = await bot.profiler.startRecording();
    await cancelled.cancel();
    expect(observed).toEqual([false, false]);
  }, 60_000);

  test('of one target has the requests of its calls alone', async () => {
    const pay = bot.profiler.wrap(async () => {
      await sleep(1);
      await bot.client.rest.get(Routes.channel(NO_CHANNEL)).catch(() => undefined);
    }, 'shop/pay');
    const recording = await bot.profiler.startRecording({ target: 'shop/method/pay', calls: 2 });
    await say();
    await Promise.all([pay(), pay(), say()]);
    const { id } = await recording.done;
    expect(
      markersOf(id)
        .filter(({ kind }) => kind === 'request')
        .map(({ name }) => name),
    ).toEqual(['GET /channels/:id 404', 'GET /channels/:id 404']);
  }, 60_000);

  test('has none of the profiler’s own, and leaves it to say what calls wait for', async () => {
    const abort = new AbortController();
    const pay = bot.profiler.wrap(async () => void (await say(abort.signal)), 'shop/pay');
    const recording = await bot.profiler.startRecording();
    bot.discord.fault({ method: 'POST', path: messages(), delayMs: 60_000 });
    const paying = pay();
    const page = textOf(await answer(bot.discord.owner.runs('profiler inflight')));
    expect(page).toContain(`for Discord's response to \`${MESSAGES}\``);
    abort.abort();
    await expect(paying).rejects.toThrow();
    const { id } = await recording.stop();
    const requests = markersOf(id).filter(({ kind }) => kind === 'request');
    expect(requests.map(({ name }) => name)).toEqual([`${MESSAGES} AbortError`]);
  }, 60_000);
});

test('requests are in what a crash would leave of a recording that is written to disk', async () => {
  using folder = temporaryFolder();
  await using bot = await startBot({ profileDir: folder.path });
  const recording = await bot.profiler.startRecording({ stream: true });
  await bot.client.rest.get(Routes.channel(NO_CHANNEL)).catch(() => undefined);
  const [name] = readdirSync(folder.path);
  const told = async () => {
    const { markers } = await readRecording(join(folder.path, name!));
    return markers.filter(({ kind }) => kind === 'request').map((marker) => marker.name);
  };
  await expect.poll(told, { timeout: 30_000 }).toEqual(['GET /channels/:id 404']);
  await recording.cancel();
}, 60_000);

test('of too many only the longest are kept, which is said', () => {
  const lasting = (ns: number) => ({ fromNs: 5, toNs: 5 + ns });
  const all = [3, 1, 4, 1, 5].map(lasting);
  expect(keepLongest(all, 5)).toBe(0);
  expect(all).toEqual([3, 1, 4, 1, 5].map(lasting));
  expect(keepLongest(all, 2)).toBe(3);
  expect(all).toEqual([5, 4].map(lasting));

  const marks = new Marks();
  const took = (kind: Marker['kind'], ns: number) => ({ kind, name: '', ...lasting(ns) });
  for (let ns = 1; ns <= 5_000; ns++) marks.add([took('request', ns), took('gc', ns)]);
  const kept = marks.all.filter(({ kind }) => kind === 'request');
  expect(kept).toHaveLength(2_000);
  expect(Math.min(...kept.map(({ fromNs, toNs }) => toNs - fromNs))).toBe(3_001);
  expect(marks.all.filter(({ kind }) => kind === 'gc')).toHaveLength(5_000);
  expect(marks.notes()).toEqual(['3000 shorter requests are not marked.']);
});

test('requests are kept in files, whole and in parts, and where recordings are merged', () => {
  const profile = requestProfile();
  const bytes = encodeRecording(profile);
  expect(decodeAnyRecording(bytes, 'bot')).toStrictEqual(profile);
  const parts = Buffer.concat([PARTS_HEAD, partBytes(bytes)]);
  expect(decodeAnyRecording(parts, 'bot').markers).toEqual(profile.markers);
  const later = { ...profile, startedAtEpochMs: profile.startedAtEpochMs + 1 };
  const { markers } = merged([profile, later]);
  expect(markers).toEqual([
    ...profile.markers,
    ...profile.markers.map((marker) => ({
      ...marker,
      thread: marker.thread + profile.threads.length,
      fromUs: marker.fromUs + 1_000,
      toUs: marker.toUs + 1_000,
    })),
  ]);
});
