export default {
  everyMs: 10_000,
  // Planted: that server never answers, and there is no time-out.
  run: async function refreshCharts() {
    const response = await fetch(`${process.env.DEMO_SONG_SERVER}/charts`).catch(() => undefined);
    await response?.text();
  },
};
