/** What is not worth a line is not proposed. */
const LEAST_FREED_BYTES = 2 ** 20;
const DISCORD_EPOCH_MS = 1_420_070_400_000;
const MOST_KEYS = 20_000;
const HOUR_MS = 3_600_000;
const S_PER_HOUR = 3_600;

/** What could be changed, and what it would free. */
export interface CacheProposal {
  /** As `makeCache` or `sweepers` know it. */
  readonly setting: string;
  readonly freedBytes: number;
  /** What the bot then has to do without. */
  readonly loses: string;
}

/** One cache of a setting, such as the messages of one channel. */
export interface OneCache {
  readonly size: number;
  /** When each entry was made, where its key tells, oldest first. */
  keys(): Iterable<unknown>;
}

interface Candidate {
  readonly setting: string;
  /** What is written for it, and into which option of the client. */
  readonly option: 'makeCache' | 'sweepers';
  readonly key: string;
  readonly code: string;
  readonly loses: string;
  /** How many entries of one cache would go. */
  excess(cache: OneCache, nowEpochMs: number): number;
}

const limit = (most: number) => ({
  code: String(most),
  excess: ({ size }: OneCache) => Math.max(0, size - most),
});
/** The bot's own is always needed. */
const limitButOwn = (most: number, entry: string) => ({
  code: `{ maxSize: ${most}, keepOverLimit: (${entry}) => ${entry}.id === ${entry}.client.user.id }`,
  excess: ({ size }: OneCache) => Math.max(0, size - most - 1),
});

/**
 * What can be limited without harm to discord.js, with what is lost by it. Guilds, channels, roles and permissions are
 * not among them: discord.js needs them whole.
 */
const CANDIDATES: readonly Candidate[] = [
  {
    setting: 'MessageManager',
    option: 'sweepers',
    key: 'messages',
    code: `{ interval: ${S_PER_HOUR}, lifetime: ${S_PER_HOUR} }`,
    loses: 'messages older than an hour: their edits and deletions come as partials, or not at all',
    excess: ({ keys }, nowEpochMs) => countOlder(keys(), nowEpochMs - HOUR_MS),
  },
  makeCache(
    'MessageManager',
    limit(200),
    'messages over 200 a channel, which is what discord.js keeps by default',
  ),
  makeCache('PresenceManager', limit(0), 'who is online, and what they play'),
  makeCache('ReactionManager', limit(0), 'reactions of messages: they come as partials, or not at all'),
  makeCache(
    'GuildMemberManager',
    limitButOwn(200, 'member'),
    'members over 200 a guild: they are fetched when needed',
  ),
  makeCache('UserManager', limitButOwn(1_000, 'user'), 'users over 1,000: they are fetched when needed'),
  makeCache('ThreadMemberManager', limit(0), 'who is in which thread'),
  makeCache('GuildBanManager', limit(0), 'bans: they are fetched when needed'),
  makeCache('GuildInviteManager', limit(0), 'invites: they are fetched when needed'),
  makeCache('GuildScheduledEventManager', limit(0), 'scheduled events: they are fetched when needed'),
  makeCache('AutoModerationRuleManager', limit(0), 'rules of the moderation: they are fetched when needed'),
];

function makeCache(
  setting: string,
  { code, excess }: Pick<Candidate, 'code' | 'excess'>,
  loses: string,
): Candidate {
  return { setting, option: 'makeCache', key: setting, code, loses, excess };
}

/** Adds up what each candidate would take away, cache by cache. */
export class ProposalCounts {
  readonly #excess = new Map<Candidate, number>();
  readonly #nowEpochMs = Date.now();

  add(setting: string, cache: OneCache): void {
    for (const candidate of CANDIDATES) {
      if (candidate.setting !== setting) continue;
      const more = candidate.excess(cache, this.#nowEpochMs);
      this.#excess.set(candidate, (this.#excess.get(candidate) ?? 0) + more);
    }
  }

  /**
   * What is worth it, the most first.
   * @param bytesOf what one entry takes, by its setting
   */
  proposals(bytesOf: (setting: string) => number): { proposals: CacheProposal[]; code: string } {
    const worth = [...this.#excess]
      .map(([candidate, entries]) => ({ candidate, freedBytes: entries * bytesOf(candidate.setting) }))
      .filter(({ freedBytes }) => freedBytes >= LEAST_FREED_BYTES)
      .sort((a, b) => b.freedBytes - a.freedBytes);
    return {
      proposals: worth.map(({ candidate: { setting, loses }, freedBytes }) => ({
        setting,
        freedBytes,
        loses,
      })),
      code: codeOf(worth.map(({ candidate }) => candidate)),
    };
  }
}

/** To be pasted into the options of the client; empty where nothing is proposed. */
function codeOf(candidates: readonly Candidate[]): string {
  const linesOf = (option: Candidate['option']) =>
    candidates.filter((candidate) => candidate.option === option).map(({ key, code }) => `${key}: ${code},`);
  const limits = linesOf('makeCache');
  const sweepers = linesOf('sweepers');
  return [
    ...(limits.length === 0
      ? []
      : [
          'makeCache: Options.cacheWithLimits({',
          '  ...Options.DefaultMakeCacheSettings,',
          ...limits.map((line) => `  ${line}`),
          '}),',
        ]),
    ...(sweepers.length === 0
      ? []
      : [
          'sweepers: {',
          '  ...Options.DefaultSweeperSettings,',
          ...sweepers.map((line) => `  ${line}`),
          '},',
        ]),
  ].join('\n');
}

/** Discord's ids hold the time at which they were made. Of one cache no more keys are looked at than take 2 ms or so. */
function countOlder(keys: Iterable<unknown>, epochMs: number): number {
  let older = 0;
  for (const key of keys) {
    if (typeof key !== 'string' || Number(key) / 2 ** 22 + DISCORD_EPOCH_MS >= epochMs) break;
    if (older >= MOST_KEYS) break;
    older++;
  }
  return older;
}
