import type { ActName, Acts, Modal, Outcome, Person, Snapshot, Whence } from '../wire.ts';
import { act } from './api.ts';

/** What a click, a choice or a command can lead to. */
export interface Reactions {
  openModal(id: string, modal: Modal): void;
}

/** Who the visitor is now, where they are, and what they do there. */
export class Session {
  readonly me: Person;
  readonly bot: Person;
  readonly whence: Whence;
  readonly #reactions: Reactions;

  constructor({ me, bot, place }: Snapshot, reactions: Reactions) {
    this.me = me;
    this.bot = bot;
    this.whence = { as: me.name, place: place.id };
    this.#reactions = reactions;
  }

  act<Name extends ActName>(name: Name, sent: Acts[Name]['sent']): Promise<Acts[Name]['answer']> {
    return act(name, this.whence, sent);
  }

  /**
   * Does what the bot answers; opens the modal where that is the answer.
   * @returns why it failed; undefined where it did not
   */
  async interact<Name extends 'run' | 'click' | 'choose' | 'submit'>(
    name: Name,
    sent: Acts[Name]['sent'],
  ): Promise<string | undefined> {
    try {
      const outcome: Outcome = await this.act(name, sent);
      if (outcome.kind === 'modal') this.#reactions.openModal(outcome.id, outcome.modal);
      return outcome.kind === 'failed' ? FAILURES[name] : undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

const FAILURES = {
  run: 'The application did not respond',
  click: 'This interaction failed',
  choose: 'This interaction failed',
  submit: 'Something went wrong. Try again.',
} as const;
