import type { ChannelRecord, GuildRecord, MemberRecord, World } from './state.ts';

/** The shapes in which Discord sends what the world holds. */

export function memberFields(member: MemberRecord): Record<string, unknown> {
  return {
    nick: member.nick,
    avatar: null,
    banner: null,
    roles: member.roles,
    joined_at: member.joinedAt,
    premium_since: null,
    deaf: false,
    mute: false,
    flags: 0,
    pending: false,
    communication_disabled_until: member.timedOutUntil,
  };
}

export function memberPayload(member: MemberRecord): Record<string, unknown> {
  return { ...memberFields(member), user: member.user };
}

export function presencePayload(member: MemberRecord, guildId: string): Record<string, unknown> {
  return {
    user: { id: member.user.id },
    guild_id: guildId,
    status: 'online',
    activities: [],
    client_status: { desktop: 'online' },
  };
}

/** A guild as the REST routes give it. */
export function guildPayload(guild: GuildRecord): Record<string, unknown> {
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    splash: null,
    discovery_splash: null,
    banner: null,
    description: null,
    owner_id: guild.ownerId,
    region: null,
    afk_channel_id: null,
    afk_timeout: 300,
    widget_enabled: false,
    verification_level: 0,
    default_message_notifications: 1,
    explicit_content_filter: 0,
    roles: [...guild.roles.values()],
    emojis: [],
    stickers: [],
    features: [],
    mfa_level: 0,
    nsfw_level: 0,
    application_id: null,
    system_channel_id: null,
    system_channel_flags: 0,
    rules_channel_id: null,
    public_updates_channel_id: null,
    safety_alerts_channel_id: null,
    vanity_url_code: null,
    premium_tier: 0,
    premium_subscription_count: 0,
    premium_progress_bar_enabled: false,
    preferred_locale: 'en-US',
    approximate_member_count: guild.members.size,
  };
}

/** Guilds above this size come with only some of their members. */
const LARGE_THRESHOLD = 50;

/** The GUILD_CREATE event; without the presence intent Discord sends only the bot's own member. */
export function guildCreatePayload(world: World, guild: GuildRecord, withPresences: boolean): unknown {
  const bot = guild.members.get(world.bot.id);
  const members = withPresences ? [...guild.members.values()].slice(0, LARGE_THRESHOLD) : [];
  if (bot !== undefined && !members.includes(bot)) members.push(bot);
  return {
    ...guildPayload(guild),
    joined_at: bot?.joinedAt ?? new Date(world.now()).toISOString(),
    large: guild.members.size > LARGE_THRESHOLD,
    unavailable: false,
    member_count: guild.members.size,
    voice_states: [],
    members: members.map(memberPayload),
    channels: guild.channelIds.map((id) => world.channels.get(id)),
    threads: [],
    presences: withPresences ? members.map((member) => presencePayload(member, guild.id)) : [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

export function applicationPayload(world: World): Record<string, unknown> {
  const { team } = world;
  // Discord shows a team's application as owned by a made-up user that bears the team's id.
  const owner =
    team === null
      ? { ...world.owner, flags: 0 }
      : { id: team.id, username: `team${team.id}`, discriminator: '0000', avatar: null, flags: 1024 };
  return {
    id: world.bot.id,
    name: world.bot.username,
    icon: null,
    description: '',
    summary: '',
    type: null,
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: '0'.repeat(64),
    // The unverified bot's version of the three privileged intents.
    flags: (1 << 13) | (1 << 15) | (1 << 19),
    bot: world.bot,
    owner,
    team,
    approximate_guild_count: world.guilds.size,
    approximate_user_install_count: 0,
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    tags: [],
  };
}

/** The channel inside an interaction: with the member's permissions, without the server's settings. */
export function interactionChannel(channel: ChannelRecord, permissions: string): Record<string, unknown> {
  const { permission_overwrites: _, ...fields } = channel;
  return channel.guild_id === undefined ? fields : { ...fields, permissions };
}
