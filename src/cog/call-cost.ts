import { MetricStore } from '../store/metric-store.ts';
import { Attachment } from './attach.ts';
import { monotonicNs } from './clock.ts';
import type { OriginReader } from './origins.ts';
import { Recorder } from './recorder.ts';
import { propertySlot } from './slots.ts';

const BATCHES = 7;
const CALLS = 1_000;

/** What a command is handed, as far as it is looked at. */
const INTERACTION = {
  guildId: '100000000000000001',
  channelId: '100000000000000002',
  user: { id: '100000000000000003' },
};

type Timed = (interaction: typeof INTERACTION) => undefined;

/**
 * What timing adds to one call here, in ns: measured once, by timing a function that does nothing, in some 2 ms.
 * The median of a few batches, the first ones of which run before V8 has optimised them, as calls in a bot often do.
 * @param reader what tells where calls come from, where that is looked at
 */
export function measureCallCostNs(reader?: OriginReader): number {
  const holder: Record<'bare' | 'timed', Timed> = { bare: () => undefined, timed: () => undefined };
  const slot = propertySlot(holder, 'timed');
  const target = { id: 'cogscope/method/cost', cog: 'cogscope', kind: 'method', name: 'cost', slot } as const;
  const recorder = new Recorder(new MetricStore(), undefined, reader);
  new Attachment(target, recorder).record(target, recorder.open(target.id));
  const costs: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const bareNs = batchNs(holder, 'bare');
    costs.push((batchNs(holder, 'timed') - bareNs) / CALLS);
  }
  recorder.dispose();
  return Math.max(1, costs.sort((a, b) => a - b)[Math.floor(BATCHES / 2)]!);
}

function batchNs(holder: Record<'bare' | 'timed', Timed>, name: 'bare' | 'timed'): number {
  const startedAtNs = monotonicNs();
  for (let call = 0; call < CALLS; call++) holder[name](INTERACTION);
  return monotonicNs() - startedAtNs;
}
