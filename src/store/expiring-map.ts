/** Entries looked at whenever one is set: a full round takes as many writes as a fourth of the entries. */
const LOOKED_AT_ONCE = 4;

/**
 * A Map for Keyv, which forgets what has expired also when nobody reads it again. Keyv itself deletes only what it
 * finds expired on reading; a bucket whose time is over is never read, and would stay for ever.
 */
export class ExpiringMap<Value extends { readonly expires?: number | undefined }> extends Map<string, Value> {
  #round: MapIterator<[string, Value]> | undefined;

  override set(key: string, value: Value): this {
    this.#forgetSome();
    return super.set(key, value);
  }

  #forgetSome(): void {
    const nowMs = Date.now();
    for (let looked = 0; looked < LOOKED_AT_ONCE; looked++) {
      this.#round ??= this.entries();
      const { value: entry, done } = this.#round.next();
      if (done) {
        this.#round = undefined;
        return;
      }
      const [key, { expires }] = entry;
      if (expires !== undefined && expires <= nowMs) this.delete(key);
    }
  }
}
