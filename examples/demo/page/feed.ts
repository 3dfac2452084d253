import type { ServerResponse } from 'node:http';
import type { Actor, Posted, StandIn } from '../../../test/standin/standin.ts';
import { namesIn, personOf, seenMessage } from './seen.ts';
import type { Changes, Place, Snapshot } from './wire.ts';

/** How many messages a page starts with; it keeps no more than this either. */
const MOST_MESSAGES = 100;
/** Changes are sent together: a lively channel makes many in a second. */
const GATHER_MS = 40;
/** After which time a browser connects again. */
const RETRY_MS = 500;

export interface FeedOptions {
  discord: StandIn;
  guild: string;
  people: readonly Actor[];
  hint: string;
}

/** The text channels of the first server, and the bot's direct messages to this person. */
export function placesOf(actor: Actor, { world, guilds, bot }: StandIn): Place[] {
  const text = (guilds[0]?.channelIds ?? [])
    .map((id) => world.channels.get(id)!)
    .filter(({ type }) => type === 0)
    .map(({ id, name = id }) => ({ id, name, isDirect: false }));
  return [...text, { id: world.directChannel(actor.user).id, name: bot.username, isDirect: true }];
}

/** Tells one page of all that happens in the place it shows, as Server-Sent Events, until it goes away. */
export function feed(response: ServerResponse, actor: Actor, place: Place, options: FeedOptions): void {
  const { discord } = options;
  const changed = new Set<Posted>();
  let timer: NodeJS.Timeout | undefined;
  const send = (event: string, data: Snapshot | Changes) =>
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const flush = () => {
    timer = undefined;
    const messages = [...changed].filter(({ deleted }) => !deleted);
    const gone = [...changed].filter(({ deleted }) => deleted).map(({ id }) => id);
    changed.clear();
    send('changes', { messages: messages.map((posted) => seenMessage(posted, discord)), gone });
  };
  const stopWatching = discord.watch((posted) => {
    const { ephemeralFor } = posted.stored;
    if (posted.message.channel_id !== place.id) return;
    if (ephemeralFor !== undefined && ephemeralFor !== actor.id) return;
    changed.add(posted);
    timer ??= setTimeout(flush, GATHER_MS);
  });
  response.on('close', () => {
    stopWatching();
    clearTimeout(timer);
  });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(`retry: ${RETRY_MS}\n\n`);
  send('snapshot', snapshot(actor, place, options));
}

function snapshot(actor: Actor, place: Place, { discord, guild, people, hint }: FeedOptions): Snapshot {
  return {
    me: personOf(actor.user),
    bot: personOf(discord.bot),
    people: people.map(({ user }) => personOf(user)),
    guild,
    places: placesOf(actor, discord),
    place,
    hint,
    names: namesIn(hint, discord),
    messages: discord
      .seenBy(actor, place.id)
      .slice(-MOST_MESSAGES)
      .map((posted) => seenMessage(posted, discord)),
  };
}
