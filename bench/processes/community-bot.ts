import { type ChatInputCommandInteraction, EmbedBuilder, type Message } from 'discord.js';

/** What the bot of `end-to-end` does: what many bots do with each message, and one command. */

const XP_A_MESSAGE = 15;
const XP_COOLDOWN_MS = 60_000;
const BANNED = /\b(?:free nitro|airdrop|steam gift)\b|discord\.gg\/\w+/i;

const xp = new Map<string, { points: number; nextAtMs: number }>();
const settings = new Map<string, { prefix: string }>();
const absent = new Map<string, string>([['1', 'on holiday']]);
const messagesAt = new Map<string, number>();
let prefixed = 0;
let flagged = 0;
let greeted = 0;

/** As a settings cache before a database does: asynchronous, and mostly answered from memory. */
async function settingsOf(guildId: string): Promise<{ prefix: string }> {
  let found = settings.get(guildId);
  if (found === undefined) settings.set(guildId, (found = { prefix: '!' }));
  return found;
}

async function giveXp(message: Message): Promise<void> {
  if (message.author.bot || !message.inGuild()) return;
  const key = `${message.guildId}:${message.author.id}`;
  const member = xp.get(key) ?? { points: 0, nextAtMs: 0 };
  if (message.createdTimestamp < member.nextAtMs) return;
  member.points += XP_A_MESSAGE;
  member.nextAtMs = message.createdTimestamp + XP_COOLDOWN_MS;
  xp.set(key, member);
}

async function runPrefixCommand(message: Message): Promise<void> {
  if (message.author.bot || !message.inGuild()) return;
  const { prefix } = await settingsOf(message.guildId);
  if (!message.content.startsWith(prefix)) return;
  const [name] = message.content.slice(prefix.length).trim().split(/\s+/);
  if (name !== '') prefixed++;
}

async function filterWords(message: Message): Promise<void> {
  if (BANNED.test(message.content)) flagged++;
}

function countActivity(message: Message): void {
  const key = `${message.channelId}:${message.createdAt.getUTCHours()}`;
  messagesAt.set(key, (messagesAt.get(key) ?? 0) + 1);
}

function greetAbsent(message: Message): void {
  for (const user of message.mentions.users.values()) if (absent.has(user.id)) greeted++;
}

export const MESSAGE_LISTENERS = [giveXp, runPrefixCommand, filterWords, countActivity, greetAbsent];

/** Ends where others would reply: that would be the network's time. */
export async function rank(interaction: ChatInputCommandInteraction): Promise<unknown> {
  const user = interaction.options.getUser('of') ?? interaction.user;
  const points = xp.get(`${interaction.guildId}:${user.id}`)?.points ?? 0;
  const embed = new EmbedBuilder()
    .setTitle(`Rank of ${user.username}`)
    .setDescription(`${points} points`)
    .addFields({ name: 'Messages', value: String(prefixed + flagged + greeted), inline: true })
    .setTimestamp(interaction.createdAt);
  return embed.toJSON();
}
