import type { Reporter, TestModule } from 'vitest/node';

const inCi = process.env['CI'] !== undefined;

/** Closes a run with its counts on one line. In CI skipped tests are a failure. */
export default class CountsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'pending') continue;
        counts[state]++;
        if (state === 'skipped' && inCi) console.error(`Skipped, which CI does not allow: ${test.fullName}`);
      }
    }
    if (counts.skipped > 0 && inCi) process.exitCode = 1;
    process.once('exit', () => {
      console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
    });
  }
}
