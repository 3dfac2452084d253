import { pause } from '../../lib/pause.js';

export default {
  everyMs: 2_000,
  run: async function payInterest() {
    await pause(5, 10);
  },
};
