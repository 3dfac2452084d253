import { monotonicNs } from '../../cog/clock.ts';
import type { Dispatched, Gateway } from '../collectors/collector.ts';
import type { Took } from './finish.ts';
import { keepLongest } from './longest.ts';

/** More than are kept in the end, so that it shows that there were more. */
const MOST_BETWEEN = 4_000;

/**
 * Notes each event that Discord sends, from when the client is told of it until its listeners have returned or wait,
 * until it is disposed of.
 */
export class Events implements Disposable {
  readonly #gateway: Gateway;
  #took: Took[] = [];
  #fromNs = 0;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
    gateway.prependListener('dispatch', this.#begun);
    gateway.on('dispatch', this.#over);
  }

  /** Gives away those since the last time. */
  take(): readonly Took[] {
    const took = this.#took;
    this.#took = [];
    return took;
  }

  [Symbol.dispose](): void {
    this.#gateway.off('dispatch', this.#begun);
    this.#gateway.off('dispatch', this.#over);
  }

  readonly #begun = (): void => {
    this.#fromNs = monotonicNs();
  };

  /** It is not called where a listener before it has thrown. */
  readonly #over = (event: Dispatched): void => {
    if (this.#fromNs === 0) return;
    this.#took.push({
      kind: 'event',
      name: String(event?.data?.t),
      fromNs: this.#fromNs,
      toNs: monotonicNs(),
    });
    if (this.#took.length >= 2 * MOST_BETWEEN) keepLongest(this.#took, MOST_BETWEEN);
  };
}
