import { pause } from '../../lib/pause.js';

export default {
  everyMs: 2_000,
  async execute() {
    await pause(5, 10);
  },
};
