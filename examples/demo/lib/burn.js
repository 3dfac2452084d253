/** Computes for about so long, and holds the event loop meanwhile. */
export function burn(durationMs) {
  const until = performance.now() + durationMs;
  let sum = 0;
  while (performance.now() < until) sum += Math.sqrt(sum + 1);
  return sum;
}
