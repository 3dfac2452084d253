import { setImmediate as nextTurn } from 'node:timers/promises';
import { serve } from '../child.ts';
import { cpuTimeNs } from '../cpu-time.ts';
import { Attachment, MetricStore, OriginReader, propertySlot, Recorder } from '../internals.ts';

/** Calls timed functions with what discord.js would hand them, as far as it is looked at. */

const TARGETS = 50;
const CALLS = 100_000;
const CALLS_A_TURN = 1_000;
const LEAST_ID = 10n ** 17n;

type Origins = ConstructorParameters<typeof OriginReader>[0];

/** With more properties before those that are looked at, and a prototype, as an interaction has. */
class Interaction {
  readonly type = 2;
  readonly id: string;
  readonly channelId: string;
  readonly guildId: string;
  readonly user: { readonly id: string; readonly bot: boolean };
  readonly n: number;

  constructor(n: number) {
    this.id = idOf(0, n);
    this.channelId = idOf(1, n);
    this.guildId = idOf(2, n);
    this.user = { id: idOf(3, n), bot: false };
    this.n = n;
  }
}

function idOf(kind: number, n: number): string {
  return String(LEAST_ID * BigInt(kind + 1) + BigInt(n) * 7_919n);
}

interface Holder {
  execute(interaction: Interaction): number;
}

const store = new MetricStore();
let holders: Holder[] = [];
let recorder: InstanceType<typeof Recorder>;

const api = {
  setUp(origins: Origins): void {
    const reader = origins.length === 0 ? undefined : new OriginReader(origins);
    recorder = new Recorder(store, undefined, reader);
    holders = Array.from({ length: TARGETS }, (_, index) => {
      const execute = new Function('interaction', `return interaction.n + ${index};`);
      const holder = { execute } as unknown as Holder;
      const slot = propertySlot(holder, 'execute');
      const name = String(index);
      const target = { id: `bench/command/${name}`, cog: 'bench', kind: 'command', name, slot } as const;
      new Attachment(target, recorder).record(target, recorder.open(target.id));
      return holder;
    });
  },

  /** Nanoseconds of CPU time for a call. */
  async round(guilds: number): Promise<number> {
    const interactions = Array.from(
      { length: CALLS },
      () => new Interaction(Math.floor(Math.random() * guilds)),
    );
    let spentNs = 0;
    for (let call = 0; call < CALLS; ) {
      const startNs = cpuTimeNs();
      for (const end = call + CALLS_A_TURN; call < end; call++)
        holders[call % TARGETS]!.execute(interactions[call]!);
      spentNs += cpuTimeNs() - startNs;
      await nextTurn();
    }
    recorder.fold();
    const minute = store.heldMinutes().at(-1)!;
    const kept = [...store.rowsIn(minute)].map(([, { heaviest }]) => heaviest?.size ?? 0);
    if (kept.some((size) => size !== (recorder.reader?.names.length ?? 0)))
      throw new Error('It was not kept whose calls they are.');
    return spentNs / CALLS;
  },
};
export type HeavyHittersProcess = typeof api;
serve(api);
