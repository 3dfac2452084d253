import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Rules } from '../../src/cog/rules.ts';
import type { Shard } from '../../src/store/archive-keys.ts';
import { MetricStore } from '../../src/store/metric-store.ts';
import { OUTCOMES } from '../../src/store/row.ts';
import { Storage } from '../../src/store/storage.ts';

const DAY_MS = 86_400_000;
const SHARD: Shard = { application: '123', shard: 0 };

beforeEach(() => {
  // No minute ends: each flush puts the open one into the store again.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 20, 10, 30, 30) });
});

afterEach(() => {
  vi.useRealTimers();
});

type Delayed = <Args extends unknown[], T>(
  act: (...args: Args) => Promise<T>,
) => (...args: Args) => Promise<T>;

/** A storage adapter for Keyv whose answers take as long as it is told. */
function adapterOver(values: Map<string, unknown>, delayed: Delayed) {
  return {
    get: delayed(async (key: string) => values.get(key)),
    set: delayed(async (key: string, value: unknown) => !!values.set(key, value)),
    delete: delayed(async (key: string) => values.delete(key)),
    clear: async () => values.clear(),
  };
}

/** What one process of a bot keeps there, without the bot. */
class Process {
  readonly problems: string[] = [];
  readonly #store = new MetricStore();
  readonly #storage: Storage;

  constructor(values: Map<string, unknown>, delayed: Delayed, { save = true } = {}) {
    this.#storage = new Storage(
      { store: this.#store, fold: () => this.#turn() },
      {
        storeOf: () => adapterOver(values, delayed) as never,
        exists: () => true,
        save,
        retentionMs: DAY_MS,
        origins: [],
        warn: (message) => this.problems.push(message),
      },
      {
        rules: new Rules(),
        restored: () => undefined,
        announce: () => undefined,
        tell: async () => undefined,
        others: () => [],
      },
    );
  }

  open = () => this.#storage.open(SHARD);
  flush = () => this.#storage.flush();
  save = (isSaving: boolean) => this.#storage.setSaving(isSaving, false, []);

  call(times: number): void {
    this.#turn();
    const { index } = this.#store.open('a', Date.now());
    for (let call = 0; call < times; call++) this.#store.add(index, Date.now(), 1e6, OUTCOMES.indexOf('ok'));
  }

  async count(): Promise<number> {
    const figures = await this.#storage.collect(() => 0, 0);
    return figures.rows.get('a')?.count ?? 0;
  }

  close = () => this.#storage.close();

  #turn(): void {
    if (Math.floor(Date.now() / 60_000) !== this.#store.minute) this.#store.turnTo(Date.now());
  }
}

const atOnce: Delayed = (act) => act;

test('however flushes overlap while a store is opened, moved to and left, each call counts once', async () => {
  const step = fc.constantFrom('flush' as const, 'call' as const, 'save' as const, 'unsave' as const);
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(step, { maxLength: 12 }),
      fc.boolean(),
      async (scheduler, steps, save) => {
        const values = new Map<string, unknown>();
        const former = new Process(values, atOnce);
        await former.open();
        former.call(3);
        await former.close();
        let calls = 3;
        const process = new Process(values, (act) => scheduler.scheduleFunction(act), { save });
        const act = {
          flush: () => process.flush(),
          save: () => process.save(true),
          unsave: () => process.save(false),
          call: async () => {
            process.call(2);
            calls += 2;
          },
        };
        await scheduler.waitFor(
          Promise.all([
            process.open(),
            ...steps.map(async (name, at) => {
              // Each begins somewhere between the answers of the store.
              await scheduler.schedule(Promise.resolve(), `step ${at}`);
              await act[name]();
            }),
          ]),
        );
        await scheduler.waitFor(process.save(true));
        for (let time = 0; time < 2; time++) {
          expect(await scheduler.waitFor(process.count())).toBe(calls);
          await scheduler.waitFor(process.flush());
        }
        await scheduler.waitFor(process.close());
        const next = new Process(values, atOnce);
        await next.open();
        expect(await next.count()).toBe(calls);
        await next.close();
        expect([...former.problems, ...process.problems, ...next.problems]).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
}, 60_000);
