import type { Subject } from './subject.ts';

/** The floor: nothing that times calls can cost less. */
export const clock = {
  name: 'two clock reads',
  syncOnly: true,
  async load() {
    const ticks = new BigInt64Array(2);
    return (holder) => {
      const { execute } = holder;
      holder.execute = function (...args) {
        ticks[0] = process.hrtime.bigint();
        const result = Reflect.apply(execute, this, args);
        ticks[1] = process.hrtime.bigint();
        return result;
      };
    };
  },
} as const satisfies Subject;
