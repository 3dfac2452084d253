import type { Backing } from '../../src/store/backing.ts';
import { Archive, Forgotten, Keeper, LEVELS, MetricStore } from '../internals.ts';
import { durationNs } from './durations.ts';

const [MINUTE] = LEVELS;

/** What a bot counts and keeps, under a clock that this program turns. */
export class Kept {
  readonly store = new MetricStore();
  readonly keeper = new Keeper({ store: this.store, fold: () => this.#turn() });
  readonly forgotten = new Forgotten();
  nowEpochMs = Date.UTC(2026, 0, 1);
  #calls = 0;
  readonly #targets: number;

  constructor(targets: number) {
    this.#targets = targets;
    Date.now = () => this.nowEpochMs;
    this.#turn();
  }

  async use(backing: Backing, retentionMs: number): Promise<void> {
    const options = { retentionMs, forgotten: this.forgotten };
    await this.keeper.switchTo(await Archive.open(backing, { application: '1', shard: 0 }, options));
  }

  /** Counts calls, of one target after the other. */
  call(times: number): void {
    this.#turn();
    for (let call = 0; call < times; call++, this.#calls++) {
      const target = this.#calls % this.#targets;
      const { index } = this.store.open(`cog ${target % 40}/command/do something ${target}`, this.nowEpochMs);
      this.store.add(index, this.nowEpochMs, durationNs(this.#calls, target), 0);
    }
  }

  /** Lets time go by, and archives what is over. */
  async pass(ms: number): Promise<void> {
    this.nowEpochMs += ms;
    await this.keeper.flush();
  }

  #turn(): void {
    if (Math.floor(this.nowEpochMs / MINUTE.ms) !== this.store.minute) this.store.turnTo(this.nowEpochMs);
  }
}
