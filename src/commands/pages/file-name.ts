/** Such as `profiler_methods_20261121_143005.txt`, in UTC. */
export function fileName(what: string, extension: string, at: Date): string {
  const [day, time] = at.toISOString().slice(0, 19).replace(/[-:]/g, '').split('T');
  return `profiler_${what}_${day}_${time}.${extension}`;
}
