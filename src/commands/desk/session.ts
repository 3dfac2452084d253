import type { InteractionEditReplyOptions } from 'discord.js';
import { inactive, type Page } from '../../render/page.ts';
import type { Drawn } from './drawn.ts';

/** Discord's token for editing an answer lives 15 minutes: its components are disabled before that. */
const COMPONENTS_LIVE_MS = 14 * 60_000;
const LIVE_EVERY_MS = 10_000;
const LIVE_FOR_MS = 5 * 60_000;

/** What goes on while a page is shown. */
interface Followed {
  timer: NodeJS.Timeout | undefined;
}

/** Edits the message, with the token of the last interaction, which lives the longest. */
type Edit = (message: InteractionEditReplyOptions) => Promise<unknown>;

/**
 * One answer with components, until these are disabled. What a menu shows is remembered here: of two clicks that come
 * close together, the second goes on from what the first led to, not from what its component was made for. For a
 * message from before the bot was restarted, the custom ids say what it shows.
 */
export class Session {
  readonly #ended: () => void;
  /** Of each menu that was shown in this message, its state. */
  readonly #states = new Map<string, string>();
  #menuPath: string | undefined;
  /** Of each menu that another one opened, that one. */
  readonly #openers = new Map<string, string>();
  #edit: Edit | undefined;
  #page: Page | undefined;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #expiry: NodeJS.Timeout | undefined;
  #live: NodeJS.Timeout | undefined;
  #followed: Followed | undefined;

  /** @param ended told when there is nothing more to remember */
  constructor(ended: () => void) {
    this.#ended = ended;
    // What was clicked may open a form that is never sent, or fail: then nothing is ever shown.
    this.#endLater(() => undefined);
  }

  /** The menu that leads to a page, of those that this message has shown. */
  wayBackFrom({ menu }: Drawn): string | undefined {
    if (menu === undefined) return this.#menuPath;
    if (menu.isOpened && this.#menuPath !== undefined && this.#menuPath !== menu.path) {
      this.#openers.set(menu.path, this.#menuPath);
    }
    return this.#openers.get(menu.path);
  }

  get isLive(): boolean {
    return this.#live !== undefined;
  }

  /** Whether a later click waits: what is drawn for this one would be gone in a moment. */
  get isBehind(): boolean {
    return this.#waiting > 0;
  }

  /** @param known what the custom id says */
  stateOf(menuPath: string, known: string): string {
    return this.#states.get(menuPath) ?? known;
  }

  remember(menuPath: string, state: string): void {
    if (menuPath !== this.#menuPath) this.stopLive();
    this.#menuPath = menuPath;
    this.#states.set(menuPath, state);
  }

  /** Does one thing after the other. */
  enqueue(act: () => Promise<void>): Promise<void> {
    this.#waiting++;
    const done = this.#last.then(() => {
      this.#waiting--;
      return act();
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Notes what is shown now, and disables its components when its token is about to end. */
  shown({ page, menu }: Drawn, edit: Edit, failed: (error: unknown) => void): void {
    this.#page = page;
    this.#edit = edit;
    this.stopFollowing();
    if (menu === undefined) this.stopLive();
    else this.remember(menu.path, menu.state);
    if (page.rows?.length) this.#endLater(() => edit(inactive(this.#page!)).catch(failed));
    else this.#rest();
  }

  /** Draws anew every ten seconds, for five minutes or until it is stopped. */
  startLive(draw: () => Promise<void>): void {
    this.stopLive();
    const untilEpochMs = Date.now() + LIVE_FOR_MS;
    this.#live = setInterval(() => {
      if (Date.now() >= untilEpochMs) this.stopLive();
      // A slow Discord must not pile them up.
      if (!this.isBehind) void this.enqueue(draw);
    }, LIVE_EVERY_MS).unref();
  }

  stopLive(): void {
    clearInterval(this.#live);
    this.#live = undefined;
  }

  /**
   * Draws anew until something is over, and then what comes after it; unless something else is shown by then. That the
   * components are disabled meanwhile makes no difference.
   */
  follow(
    over: Promise<unknown>,
    everyMs: number | undefined,
    draw: () => Promise<void>,
    after: () => Promise<void>,
  ): void {
    this.stopFollowing();
    const followed: Followed = { timer: undefined };
    this.#followed = followed;
    const isCurrent = () => this.#followed === followed;
    const again = async () => {
      if (!isCurrent()) return;
      // A message that is gone comes back with what is after it, if at all.
      await draw().catch(() => clearInterval(followed.timer));
    };
    followed.timer =
      everyMs === undefined
        ? undefined
        : setInterval(() => {
            // A slow Discord must not pile them up.
            if (!this.isBehind) void this.enqueue(again);
          }, everyMs).unref();
    const end = () => {
      clearInterval(followed.timer);
      void this.enqueue(async () => {
        if (isCurrent()) await after();
      });
    };
    over.then(end, end);
  }

  stopFollowing(): void {
    clearInterval(this.#followed?.timer);
    this.#followed = undefined;
  }

  /** Shows a page in place of the last one, without a new interaction. */
  async redraw({ page, menu }: Drawn, message: InteractionEditReplyOptions): Promise<void> {
    if (menu !== undefined) this.#states.set(menu.path, menu.state);
    await this.#edit?.(message);
    this.#page = page;
  }

  dispose(): void {
    this.stopFollowing();
    this.#rest();
  }

  /** There is nothing more that can be clicked. */
  #rest(): void {
    this.stopLive();
    clearTimeout(this.#expiry);
    this.#ended();
  }

  #endLater(atEnd: () => void): void {
    clearTimeout(this.#expiry);
    this.#expiry = setTimeout(() => {
      this.#rest();
      atEnd();
    }, COMPONENTS_LIVE_MS).unref();
  }
}
