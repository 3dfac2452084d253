/** What it costs to follow calls through promises, by the version of Node: the newest first. */
const COSTS = [
  {
    fromMajor: 24,
    text: 'While anything is verbose, each `await` of the bot takes a fraction of a microsecond more: it hardly notices.',
  },
  {
    fromMajor: 0,
    text: 'While anything is verbose, each `await` of the process, those of discord.js too, takes over half a microsecond more; on Node 24 it would be less than half of that.',
  },
] as const;

/**
 * What verbose costs, in sentences.
 * @param major the version of Node that the bot runs on
 */
export function verboseCost(major = Number.parseInt(process.versions.node, 10)): string {
  const { text } = COSTS.find(({ fromMajor }) => major >= fromMajor)!;
  return `${text} In memory it takes what the slowest, latest and failed calls of each target take, and no more.`;
}

/** What verbose is, in a sentence. */
export const ABOUT_VERBOSE =
  'While a target is verbose, its calls are kept as they went: what they called, which requests they made, what those waited for, and who held up the loop.';
