import { Client } from 'discord.js';
import {
  type Confusion,
  confusionOf,
  innermostCog,
  misattributed,
  startOf,
} from '../../test/fixtures/interleaved/confusion.ts';
import { COMMANDS, interleave } from '../../test/fixtures/interleaved/index.ts';
import { truths } from '../../test/fixtures/interleaved/shared.ts';
import { serve } from '../child.ts';
import { decodeRecording } from '../internals.ts';

const WARM_UP_WORKS = 300;
const WORKS = 4_000;

/** How much of whose time was taken for whose, in ms, and which share of it all was taken for somebody else's. */
export interface Attributed {
  readonly table: readonly { readonly who: string; readonly takenFor: string; readonly ms: number }[];
  readonly misattributedPercent: number;
}

const api = {
  /** Records commands and a background task that interleave; tells what cogscope and what a plain profile makes of it. */
  async run(): Promise<{ cogscope: Attributed; plain: Attributed }> {
    const { Profiler } = await import('cogscope');
    const profiler = new Profiler(new Client({ intents: [] }), { budgetPercent: 100 });
    const commands = { ...COMMANDS };
    for (const [name, fn] of Object.entries(COMMANDS)) {
      commands[name as keyof typeof COMMANDS] = profiler.wrap(fn, `${name}/run`);
    }
    await interleave(commands, () => truths.length > WARM_UP_WORKS);
    truths.length = 0;
    const { recording } = await profiler.profile(() => interleave(commands, () => truths.length >= WORKS), {
      durationMs: 300_000,
    });
    const profile = decodeRecording(profiler.recordings.raw(recording.id), recording.id);
    const startNs = startOf(profile, truths);
    const told = confusionOf(profile, truths, startNs, ({ kind, cog }) => {
      // What is not tracked is known by its stack: here, that of what all share.
      return kind === 'target' ? cog! : kind === 'cog' ? 'background' : kind;
    });
    const plain = confusionOf(profile, truths, startNs, (_owner, node) => innermostCog(profile, node));
    return { cogscope: attributed(told), plain: attributed(plain) };
  },
};
export type AttributionProcess = typeof api;
serve(api);

function attributed(confusion: Confusion): Attributed {
  const table = [...confusion].flatMap(([who, row]) =>
    [...row].map(([takenFor, us]) => ({ who, takenFor, ms: us / 1e3 })),
  );
  return { table, misattributedPercent: 100 * misattributed(confusion) };
}
