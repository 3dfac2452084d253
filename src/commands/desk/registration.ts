import type { APIApplicationCommandBasicOption, ApplicationCommandData, Client } from 'discord.js';
import { COMMAND_NAME } from '../../frameworks/interactions.ts';
import { observe } from '../../frameworks/objects.ts';
import { asOurs } from '../../rest/own.ts';
import { localised, type Part } from '../localisations/localise.ts';
import { GROUPS, type Subcommand } from '../subcommand.ts';

/** What another process deploys at the start of the bot is there by then, and may have removed ours. */
const VERIFY_AFTER_MS = 30_000;
/** The commands of the application, or of a guild: who puts these replaces all of them. */
const ALL_COMMANDS = /\/commands$/;
const SUBCOMMAND = 1;
const SUBCOMMAND_GROUP = 2;

/** `/profiler` as Discord is told of it, in every language, from the list of subcommands. */
export function commandData(subcommands: readonly Subcommand[]): ApplicationCommandData {
  const inEnglish = {
    name: COMMAND_NAME,
    description: 'What this bot does with its time. For its owner only.',
    // Nobody sees it in a guild but administrators; who may use it is for the owner guard to say.
    defaultMemberPermissions: '0',
    options: [
      ...subcommands.filter(({ group }) => group === undefined).map(optionOf),
      ...GROUPS.map(({ name, description }) => ({
        type: SUBCOMMAND_GROUP,
        name,
        description,
        options: subcommands.filter(({ group }) => group === name).map(optionOf),
      })),
    ],
  };
  return localised(inEnglish) as ApplicationCommandData;
}

function optionOf({ name, description, options = [] }: Subcommand) {
  return { type: SUBCOMMAND, name, description, options: options.map(camelCased) };
}

/** discord.js takes the keys of options in its own spelling. */
function camelCased(option: APIApplicationCommandBasicOption): Part {
  return Object.fromEntries(
    Object.entries(option).map(([key, value]) => [
      key.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()),
      value,
    ]),
  ) as Part;
}

/** Creates or updates `/profiler` alone, and once more whenever the bot replaces all of its commands. */
export class Registration {
  readonly #client: Client<true>;
  readonly #data: ApplicationCommandData;
  readonly #guildId: string | undefined;
  readonly #warn: (message: string) => void;
  #verification: NodeJS.Timeout | undefined;
  #watch: Disposable | undefined;

  constructor(
    client: Client<true>,
    data: ApplicationCommandData,
    guildId: string | undefined,
    warn: (message: string) => void,
  ) {
    this.#client = client;
    this.#data = data;
    this.#guildId = guildId;
    this.#warn = warn;
  }

  /** Never rejects: what keeps the command from being registered is told to the logger. */
  async register(): Promise<void> {
    // Every shard would write the same.
    if (!this.#client.ws.shards.has(0)) return;
    this.#watch ??= observe(this.#client.rest, ['put'], ([path]) => {
      if (typeof path === 'string' && ALL_COMMANDS.test(path)) void this.#verify();
    });
    if (!(await this.#upsert())) return;
    this.#verification = setTimeout(() => void this.#verify(), VERIFY_AFTER_MS).unref();
  }

  dispose(): void {
    clearTimeout(this.#verification);
    this.#watch?.[Symbol.dispose]();
  }

  async #upsert(): Promise<boolean> {
    try {
      const { commands } = this.#client.application;
      await asOurs(() =>
        this.#guildId === undefined
          ? commands.create(this.#data)
          : commands.create(this.#data, this.#guildId),
      );
      return true;
    } catch (error) {
      const hint =
        (error as { code?: unknown }).code === 50_001
          ? ' Invite the bot again with the scope `applications.commands`.'
          : '';
      this.#warn(`/${COMMAND_NAME} could not be registered: ${(error as Error).message}.${hint}`);
      return false;
    }
  }

  async #verify(): Promise<void> {
    try {
      const { commands } = this.#client.application;
      const registered = await asOurs(() =>
        this.#guildId === undefined ? commands.fetch() : commands.fetch({ guildId: this.#guildId }),
      );
      if (!registered.some(({ name }) => name === COMMAND_NAME)) await this.#upsert();
    } catch {
      // It was registered before: that it cannot be looked up says nothing about it.
    }
  }
}
