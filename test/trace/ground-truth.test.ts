import { setTimeout as sleep } from 'node:timers/promises';
import { type ChatInputCommandInteraction, Client, Collection, Events, RESTEvents, Routes } from 'discord.js';
import { expect, onTestFinished, test } from 'vitest';
import { Profiler } from '../../src/index.ts';
import type { Part, Trace } from '../../src/trace/trace.ts';
import { verdictOf } from '../../src/trace/verdict.ts';
import { startRemoteDiscord } from '../fixtures/remote-discord.ts';
import { startSlowServices } from '../fixtures/slow-services.ts';
import { Truth } from '../fixtures/truth.ts';
import { commonIntents } from '../standin/connect.ts';

/**
 * What calls are said to have waited for, against what the fixture has seen itself: see `Truth`. Each kind of wait is
 * planted in a command of its own, and all commands run at once, so that what one computes is in the way of others.
 */

const CALLS = 26;
/** One call of each command begins in this time, if the one before is over. */
const EVERY_MS = 420;
/** And so long after that of the command before: the listener of the last one computes while others are answered. */
const APART_MS = 43;
/** What a phase may be beside the truth: 10 % of it, or 5 ms. */
const SHARE = 0.1;
const LEAST_MS = 5;
/**
 * On a busy machine the thread is kept waiting within what it computes: what libraries do, which the fixture does not
 * see, takes as much longer. So the calls that this has befallen the least are looked at, and the time for which it has
 * may be on either side. It is nothing on a quiet machine, and is said where something is wrong.
 */
const CALMEST = 0.6;
/** Of them so many have to be near in each phase. */
const MOST_CALLS = 0.75;

/** The call as a phase of its own. */
const WHOLE = 'whole';

const MESSAGES = 'POST /channels/:id/messages';
const CHANNEL = 'PATCH /channels/:id';
const TYPING = 'POST /channels/:id/typing';
const ROLES = 'POST /guilds/:id/roles';
const CALLBACK = 'POST /interactions/:id/:token/callback';

async function start() {
  const discord = await startRemoteDiscord();
  const services = await startSlowServices();
  const truth = new Truth();
  const client = new Client({
    intents: commonIntents,
    rest: { ...discord.clientOptions.rest, makeRequest: truth.makeRequest },
  });
  client.rest.on(RESTEvents.RateLimited, (limit) => truth.limited(limit));
  const profiler = new Profiler(client, { logger: { warn: (message) => expect.fail(message) } });
  onTestFinished(async () => {
    await profiler.destroy();
    await client.destroy();
    await services[Symbol.asyncDispose]();
    await discord[Symbol.asyncDispose]();
  });
  const channels = discord.channels.map((id) => ({
    id,
    /** Sends a message there. */
    say: (content: string) => client.rest.post(Routes.channelMessages(id), { body: { content } }),
    type: (content: string) => client.rest.post(Routes.channelTyping(id), { body: { content } }),
    /** Changes it. */
    change: (topic: string) => client.rest.patch(Routes.channel(id), { body: { topic } }),
  }));
  const ask = async (call: number, kind: 'http' | 'database', ms: number) => {
    const fromNs = truth.nowNs();
    const asked = truth.computing(call, () => (kind === 'http' ? services.fetched : services.queried)(ms));
    truth.waited(call, kind === 'http' ? `http ${services.host}` : 'database mysql', fromNs, await asked);
  };
  let hears = (_atNs: number) => {};
  /** When the next message is there. */
  const heard = () => new Promise<number>((resolve) => (hears = resolve));
  client.on(Events.MessageCreate, async ({ author }) => {
    if (author.bot) return;
    hears(truth.nowNs());
    await sleep(4);
    truth.burn('messageCreate', -1, 45);
  });
  const inner = profiler.wrap(async function inner(call: number) {
    truth.burn('inner', call, 12);
    await truth.sleep(call, 10);
    truth.burn('inner', call, 12);
  }, 'tools/inner');
  return { discord, services, truth, client, profiler, channels, ask, inner, heard };
}

type Started = Awaited<ReturnType<typeof start>>;

interface Case {
  /** What its target is said to do, but for the figures. */
  readonly verdict: RegExp;
  /** The phases that are planted, each of them longer than what it may be beside the truth. */
  readonly planted: readonly string[];
  /** Called before each call. */
  readonly plant?: (started: Started) => Promise<void>;
  readonly act: (call: number, started: Started) => Promise<void>;
}

/** By the name of the command. Each has a channel of its own. */
const CASES: Readonly<Record<string, Case>> = {
  compute: {
    verdict: /^computes \d+ %/,
    planted: ['cpu compute'],
    async act(call, { truth }) {
      truth.burn('compute', call, 16);
      await truth.sleep(call, 8);
      truth.burn('compute', call, 16);
    },
  },
  nested: {
    verdict: /^computes in tools\/method\/inner \d+ %/,
    planted: ['cpu inner'],
    async act(call, { truth, inner }) {
      truth.burn('nested', call, 1);
      await inner(call);
      truth.burn('nested', call, 1);
    },
  },
  limits: {
    verdict: /^waits for rate limits on POST \/channels\/:id\/messages \d+ %/,
    planted: [`limit ${MESSAGES}`],
    async act(call, { truth, channels }) {
      await truth.request(call, MESSAGES, channels[2]!.say);
      truth.burn('limits', call, 2);
      await truth.request(call, MESSAGES, channels[2]!.say);
    },
  },
  refused: {
    verdict: /^waits for rate limits on PATCH \/channels\/:id \d+ %/,
    planted: [`limit ${CHANNEL}`],
    plant: ({ discord, channels }) =>
      discord.act('fault', {
        method: 'PATCH',
        path: `/channels/${channels[3]!.id}`,
        status: 429,
        retryAfterMs: 90,
      }),
    async act(call, { truth, channels }) {
      await truth.request(call, CHANNEL, channels[3]!.change);
      truth.burn('refused', call, 1);
    },
  },
  asks: {
    verdict: /^waits for the database mysql \d+ %/,
    planted: ['database mysql', 'http HOST', 'timer'],
    async act(call, { truth, services, ask }) {
      await ask(call, 'http', 30);
      await ask(call, 'database', 25);
      // Not waited for: only what it computes while the call runs is its.
      void sleep(15).then(() => truth.burn('asks', call, 2));
      void services.queried(500).catch(() => undefined);
      await truth.sleep(call, 30);
      const fromNs = truth.nowNs();
      const [, , answeredAtNs] = await Promise.all([sleep(5), services.queried(10), services.queried(60)]);
      truth.waited(call, 'database mysql', fromNs, answeredAtNs);
    },
  },
  queues: {
    verdict: /^(?=.*queues behind its own requests to POST \/channels\/:id\/typing \d+ %).*waits for Discord/,
    planted: [`queue ${TYPING}`, `network ${TYPING}`],
    async act(call, { truth, channels }) {
      const [first, second] = [truth.made(call, channels[4]!.type), truth.made(call, channels[4]!.type)];
      await Promise.all([first.over, second.over]);
      truth.waitedFor(call, TYPING, second, first);
      truth.burn('queues', call, 2);
    },
  },
  discord: {
    verdict: /^waits for Discord to answer POST \/guilds\/:id\/roles \d+ %/,
    planted: [`network ${ROLES}`],
    async act(call, { truth, channels, discord, client }) {
      // Nobody waits for it: it is not a part of the call, however long it takes.
      channels[6]!.say('detached').catch(() => undefined);
      const create = (name: string) => client.rest.post(Routes.guildRoles(discord.guild), { body: { name } });
      await truth.request(call, ROLES, create);
    },
  },
  blocked: {
    verdict: /^blocked by \S+\/listener\/messageCreate \d+ %/,
    planted: ['loop messageCreate'],
    async act(call, { truth, discord, heard }) {
      // Somebody writes a message. A listener computes over it for long, behind an `await`.
      const fromNs = truth.nowNs();
      const message = heard();
      void discord.act('says', 'hello');
      truth.waited(call, 'other', fromNs, await message);
      await truth.sleep(call, 8);
      truth.burn('blocked', call, 1);
    },
  },
};

function nameOf(id: string): string {
  return id.split('/').at(-1)!;
}

/** As the phases of the truth are called. */
function phaseOf({ kind, name }: Part): string {
  if (name === undefined) return kind;
  return `${kind} ${kind === 'cpu' || kind === 'loop' ? nameOf(name) : name}`;
}

function isNear({ ms, truthMs, stolenMs }: Pair): boolean {
  return Math.abs(ms - truthMs) <= Math.max(LEAST_MS, truthMs * SHARE) + stolenMs;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

/** One phase of one call. */
interface Pair {
  readonly ms: number;
  readonly truthMs: number;
  readonly stolenMs: number;
}

/** By phase what was seen of each call, and what was true; with what is seen and not true, and the other way round. */
function pairsOf(traces: readonly Trace[], calls: readonly number[], truth: Truth): Map<string, Pair[]> {
  const seen = traces.map(({ parts, durationMs }) => {
    const phases = new Map([[WHOLE, durationMs]]);
    for (const part of parts) phases.set(phaseOf(part), (phases.get(phaseOf(part)) ?? 0) + part.ms);
    return phases;
  });
  const truths = calls.map((call) => truth.phasesOf(call).set(WHOLE, truth.durationMsOf(call)));
  const phases = new Set([...seen, ...truths].flatMap((each) => [...each.keys()]));
  const pair = (phase: string, at: number): Pair => ({
    ms: seen[at]!.get(phase) ?? 0,
    truthMs: truths[at]!.get(phase) ?? 0,
    stolenMs: truth.stolenMsOf(calls[at]!),
  });
  return new Map([...phases].map((phase) => [phase, calls.map((_, at) => pair(phase, at))]));
}

/** What is wrong with a phase: undefined where enough calls, and all taken together, are near the truth. */
function problemOf(pairs: readonly Pair[]): string | undefined {
  const near = pairs.filter(isNear).length;
  const mean = (of: keyof Pair) => pairs.reduce((sum, pair) => sum + pair[of], 0) / pairs.length;
  const means = { ms: mean('ms'), truthMs: mean('truthMs'), stolenMs: mean('stolenMs') };
  if (near >= pairs.length * MOST_CALLS && isNear(means)) return undefined;
  const told = (of: keyof Pair) =>
    `${median(pairs.map((pair) => pair[of])).toFixed(1)} (${means[of].toFixed(1)})`;
  return `${near} of ${pairs.length} near; median (mean) ${told('ms')} ms of ${told('truthMs')} ms, stolen ${told('stolenMs')} ms`;
}

/** A machine can be too busy to tell what took how long; what is told wrong is wrong each time. */
const TRIES = { timeout: 120_000, retry: 2 };

test('over 200 interleaved calls, each phase as it was, and the verdict', TRIES, async () => {
  const started = await start();
  const { discord, truth, client, profiler, channels, services } = started;
  const over = new Map<string, PromiseWithResolvers<void>>();
  const calls = Object.keys(CASES).map((name, lane) => ({ name, lane, first: lane * 1_000 }));
  const next = new Map(calls.map(({ name, first }) => [name, first]));
  const commands = new Collection(
    calls.map(({ name }) => [
      name,
      {
        data: { name },
        async execute(interaction: ChatInputCommandInteraction) {
          const call = next.get(name)!;
          await truth.during(name, call, async () => {
            await truth.request(call, CALLBACK, (label) => interaction.reply(label));
            await CASES[name]!.act(call, started);
          });
          over.get(name)?.resolve();
        },
      },
    ]),
  );
  Object.assign(client, { commands });
  client.on(Events.InteractionCreate, async (interaction) => {
    if (interaction.isChatInputCommand()) await commands.get(interaction.commandName)!.execute(interaction);
  });
  await client.login(discord.token);
  await discord.act('registered', 'profiler');
  for (const { name } of calls) await client.application!.commands.create({ name, description: name });
  profiler.attach('commands,listeners,inner');
  const idOf = (name: string) => [...profiler.tracked.keys()].find((id) => id.endsWith(`/command/${name}`))!;

  const always = 1e9;
  const path = (at: number, end = '') => `/channels/${channels[at]!.id}${end}`;
  await discord.act('rateLimit', { method: 'POST', path: path(2), limit: 1, windowMs: 60 });
  await discord.act('fault', { method: 'POST', path: path(4), times: always, delayMs: 45 });
  await discord.act('fault', { method: 'POST', path: '/guilds', times: always, delayMs: 120 });
  await discord.act('fault', { method: 'POST', path: path(6), times: always, delayMs: 400 });

  const traces = new Map<number, Trace>();
  const run = async (name: string) => {
    over.set(name, Promise.withResolvers());
    await CASES[name]!.plant?.(started);
    await discord.act('runs', name);
    await over.get(name)!.promise;
  };
  // Once each, so that what is loaded at first is.
  for (const { name } of calls) await run(name);
  await profiler.setVerbose('commands', true);
  for (const { name } of calls) await run(name);
  const beganMs = performance.now();
  await Promise.all(
    calls.map(async ({ name, lane, first }) => {
      const id = idOf(name);
      for (let at = 1; at <= CALLS; at++) {
        next.set(name, first + at);
        await sleep(Math.max(0, beganMs + (at - 1) * EVERY_MS + lane * APART_MS - performance.now()));
        await run(name);
        // Its promise has settled, and is told of next.
        await sleep(0);
        traces.set(first + at, (await profiler.traces(id)).latest[0]!);
      }
    }),
  );

  expect(new Set([...traces.values()].map(({ id }) => id)).size).toBe(calls.length * CALLS);
  expect(calls.length * CALLS).toBeGreaterThan(200);
  /** What would be said if all that was seen were the truth. */
  const trueVerdict = (own: readonly number[], targetId: string) => {
    const parts = own.flatMap((call) =>
      [...truth.phasesOf(call)].map(([phase, ms]): Part => {
        const [, kind = '', name] = /^(\S+) ?(.*)$/.exec(phase)!;
        const id = [...profiler.tracked.keys()].find((each) => nameOf(each) === name);
        return { kind: kind as Part['kind'], ...(name && { name: id ?? name }), ms };
      }),
    );
    const durationMs = own.reduce((sum, call) => sum + truth.durationMsOf(call), 0);
    return verdictOf({ count: own.length, durationMs, parts }, targetId);
  };
  const problems: string[] = [];
  let asPlanted = 0;
  for (const { name, first } of calls) {
    const { verdict, planted } = CASES[name]!;
    const own = Array.from({ length: CALLS }, (_, at) => first + 1 + at);
    for (const call of own) {
      const { parts, durationMs, outcome } = traces.get(call)!;
      expect(outcome).toBe('ok');
      // The sum is exact to what a double can hold.
      expect(parts.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(durationMs, 8);
      expect(parts.every(({ ms }) => ms > 0)).toBe(true);
    }
    const calmest = own
      .toSorted((a, b) => truth.stolenMsOf(a) - truth.stolenMsOf(b))
      .slice(0, Math.ceil(CALLS * CALMEST));
    const pairs = pairsOf(
      calmest.map((call) => traces.get(call)!),
      calmest,
      truth,
    );
    for (const [phase, both] of pairs) {
      const problem = problemOf(both);
      if (problem !== undefined) problems.push(`${name}, ${phase}: ${problem}`);
    }
    for (const phase of planted.map((each) => each.replace('HOST', services.host))) {
      const truthMs = median((pairs.get(phase) ?? []).map((pair) => pair.truthMs));
      if (!(truthMs > 4 * LEAST_MS)) problems.push(`${name}, ${phase}: only ${truthMs} ms were planted`);
    }
    const { summary } = await profiler.traces(idOf(name));
    const said = verdictOf(summary, idOf(name));
    // On a machine that is too busy, all that is planted here is in the way of all else.
    if (!verdict.test(trueVerdict(own, idOf(name)) ?? '')) continue;
    asPlanted++;
    if (!verdict.test(said ?? '')) problems.push(`${name}: ${said}`);
  }
  expect(problems).toEqual([]);
  expect(asPlanted).toBeGreaterThan(calls.length / 2);
});
