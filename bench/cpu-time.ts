const NS_PER_US = 1e3;

/**
 * CPU time of this process since it began, in ns, to 1 µs: the collection of garbage counts, and what other
 * programs do meanwhile does not.
 */
export function cpuTimeNs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * NS_PER_US;
}

/** The same of the thread that asks. */
export function threadCpuTimeNs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) * NS_PER_US;
}
