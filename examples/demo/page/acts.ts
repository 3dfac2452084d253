import type { OptionValue } from '../../../test/standin/command-line.ts';
import type { Actor, Posted, Run, StandIn } from '../../../test/standin/standin.ts';
import type { ActName, Acts, Choice, GivenFile, GivenValue, Nameable, Outcome } from './wire.ts';

/** How long Discord waits for a bot's first answer, and a little more for the way. */
const PATIENCE = { deadlineMs: 3_500 };
const MOST_NAMES = 25;
const VOICE = 2;

/** Who acts, in which place. */
interface Visitor {
  discord: StandIn;
  actor: Actor;
  placeId: string;
  /** What opened the modal that somebody has before them, by their id. */
  modals: Map<string, Run>;
}

type Handlers = {
  [Name in ActName]: (sent: Acts[Name]['sent'], visitor: Visitor) => Promise<Acts[Name]['answer']>;
};

/** What the visitor can do. What Discord's client would not let them do throws. */
export const acts: Handlers = {
  commands: async (_, { discord }) => discord.commands(),

  run: async ({ command, options }, visitor) =>
    outcome(await visitor.actor.runs(command, mapValues(options, optionValue)), visitor),

  suggest: ({ command, options }, { actor }) => actor.types(command, { given: options }),

  name: async ({ kind, typed }, { discord }) =>
    discord.guilds
      .slice(0, 1)
      .flatMap((guild) => NAMEABLE[kind](guild, discord))
      .filter(({ name }) => name.toLowerCase().includes(typed.toLowerCase()))
      .slice(0, MOST_NAMES),

  click: async ({ message, customId }, visitor) =>
    outcome(await visitor.actor.clicks(find(message, visitor), customId), visitor),

  choose: async ({ message, customId, values }, visitor) =>
    outcome(await visitor.actor.chooses(find(message, visitor), customId, values), visitor),

  async submit({ modal, fields }, visitor) {
    const run = visitor.modals.get(visitor.actor.id);
    if (run?.id !== modal) throw new Error('The modal is not open any more.');
    return outcome(await visitor.actor.submits(run, fields), visitor);
  },

  async say({ content, files }, { actor }) {
    await actor.says(content, { files: files.map(upload) });
    return null;
  },
};

/** Waits until the bot has answered in some way, as long as Discord would. */
async function outcome(run: Run, { actor, modals }: Visitor): Promise<Outcome> {
  try {
    await run.acknowledgement(PATIENCE);
  } catch {
    return { kind: 'failed' };
  }
  const { modal } = run.interaction;
  if (modal === undefined) return { kind: 'answered' };
  modals.set(actor.id, run);
  return { kind: 'modal', id: run.id, modal };
}

function find(id: string, { discord, actor, placeId }: Visitor): Posted {
  const posted = discord.seenBy(actor, placeId).find((one) => one.id === id);
  if (posted === undefined) throw new Error('The message is gone.');
  return posted;
}

/** Whom and what each kind of option can name. */
const NAMEABLE: Readonly<Record<Nameable, (guild: Guild, discord: StandIn) => Choice[]>> = {
  user: usersOf,
  role: rolesOf,
  mentionable: (guild) => [...usersOf(guild), ...rolesOf(guild)],
  channel: ({ channelIds }, { world }) =>
    channelIds
      .map((id) => world.channels.get(id)!)
      .map(({ id, name = id, type }) => ({ name: type === VOICE ? name : `#${name}`, value: id })),
};

type Guild = StandIn['guilds'][number];

function usersOf({ members }: Guild): Choice[] {
  return [...members.values()].map(({ user }) => ({ name: user.username, value: user.id }));
}

function rolesOf({ roles }: Guild): Choice[] {
  return [...roles.values()].map(({ name, id }) => ({ name, value: id }));
}

function optionValue(value: GivenValue): OptionValue {
  return typeof value === 'object' ? upload(value) : value;
}

function upload({ filename, contentType, base64 }: GivenFile) {
  return { filename, contentType, bytes: Buffer.from(base64, 'base64') };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
