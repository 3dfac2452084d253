const MOST_COGS = 1_000;

/** Sets what is known of a cog; of more than a thousand, those go of which nothing was heard for longest. */
export function setAsLatest<T>(map: Map<string, T>, cog: string, value: T): void {
  map.delete(cog);
  map.set(cog, value);
  if (map.size > MOST_COGS) map.delete(map.keys().next().value!);
}
