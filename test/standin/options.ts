export interface GuildSpec {
  name?: string;
  /** Names of its text channels; default general and random. */
  channels?: readonly string[];
}

interface TeamMemberSpec {
  name: string;
  /** Default admin. */
  role?: 'admin' | 'developer' | 'read_only' | '';
  /** Default accepted. */
  state?: 'accepted' | 'invited';
}

export interface TeamSpec {
  name?: string;
  /** Besides the owner, who is always a member. */
  members?: readonly (string | TeamMemberSpec)[];
}

export interface StandInOptions {
  /** User name of the application's owner, who also owns every guild; default `owner`. */
  owner?: string;
  /** Makes the application belong to a team, owned by `owner`. */
  team?: TeamSpec;
  botName?: string;
  /** A number of guilds or a spec for each; default 1. */
  guilds?: number | readonly GuildSpec[];
  /** Members of every guild from the start: a number (`user1`, `user2`, …) or names; default none. */
  users?: number | readonly string[];
  /** What /gateway/bot recommends, and how the guilds are spread; default 1. */
  shards?: number;
  /** Default 41,250, as Discord's. Under 2,500 a burst of events can time a client out. */
  heartbeatIntervalMs?: number;
  /** Privileged intents switched off in the developer portal: IDENTIFY with one closes with 4014. */
  disallowedIntents?: number;
  /** Until when an interaction can be acknowledged; default 3,000. */
  ackDeadlineMs?: number;
  /** How long an interaction's token lives; default 900,000. */
  tokenLifetimeMs?: number;
  /** Per file; default 10 MiB. */
  attachmentSizeLimitBytes?: number;
  /** Unix ms: for ids, timestamps and the deadlines above; default `Date.now`. */
  now?: () => number;
  /**
   * Nobody uses a component or modal sooner than this after seeing it, in real time; default 25. The bot
   * hears of its reply's success only then, and sets up its collectors.
   */
  reactionMs?: number;
  /** How long `reply()` and the other waits wait, in real time; default 5,000. */
  waitMs?: number;
  /** Length of the request log; default 10,000. */
  keepRequests?: number;
  /** Per channel; default 1,000. */
  keepMessages?: number;
  /** Interactions remembered; default 10,000. */
  keepInteractions?: number;
}
