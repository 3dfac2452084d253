import type { Recorder } from './cog/recorder.ts';
import { Contexts } from './context/contexts.ts';
import { Acknowledgements } from './deadline/acknowledgements.ts';
import { ackObserver } from './deadline/requests.ts';
import type { InteractionPath } from './frameworks/interactions.ts';
import { OurInteractions } from './rest/own.ts';
import { type MeantTarget, Requests, type SentRest } from './rest/requests.ts';
import { RequestWaits } from './rest/waits.ts';
import { RestWatch } from './rest/watch.ts';
import { SOURCES } from './trace/sources/index.ts';
import { restSource } from './trace/sources/rest.ts';
import { Tracer } from './trace/tracer.ts';

/**
 * What is watched beside the calls of targets, in the memory of this process alone: interactions until they are
 * acknowledged, and requests, always; what each call waits for, where that was asked for.
 */
export class Watch implements Disposable {
  readonly contexts: Contexts;
  readonly tracer: Tracer;
  readonly acknowledgements: Acknowledgements;
  /** What knows for what calls wait. */
  readonly waits: readonly [Tracer, RequestWaits];
  readonly #requests = new Requests();
  readonly #ours = new OurInteractions();
  readonly #rest: RestWatch;

  /**
   * @param shard the shard that stands for this process
   * @param isSampled whether V8 samples the CPU now
   */
  constructor(recorder: Recorder, shard: () => number, isSampled: () => boolean) {
    this.contexts = new Contexts((wired) => (recorder.contexts = wired));
    this.#rest = new RestWatch({
      running: () => recorder.running?.targetId ?? this.contexts.current?.targetId,
      interactionIn: (route, at) => this.acknowledgements.interactionIn(route, at),
      pathOfToken: (token) => this.acknowledgements.pathOfToken(token),
      isOurs: (id, token) => this.#ours.has(id, token),
    });
    this.tracer = new Tracer(this.contexts, [restSource(this.#rest), ...SOURCES], shard);
    this.acknowledgements = new Acknowledgements([recorder, this.tracer], isSampled);
    this.#rest.observe(this.#requests);
    this.#rest.observe(ackObserver(this.acknowledgements));
    this.waits = [this.tracer, new RequestWaits(this.#rest.underWay)];
  }

  /** @param rest the REST manager of the client */
  start(rest: object): void {
    this.#rest.start(rest);
  }

  /** An interaction with us. */
  receivedOurs(interaction: unknown): void {
    this.#ours.note(interaction);
    this.acknowledgements.receivedOurs(interaction);
  }

  /** Any other. */
  received(interaction: unknown, path: InteractionPath): void {
    this.acknowledgements.received(interaction, path);
  }

  messageSeen(message: unknown): void {
    if (this.acknowledgements.isWaiting) this.acknowledgements.messageSeen(message);
  }

  /** What this process says of its requests, for itself and for the others. */
  sendRequests(windowMs?: number): SentRest {
    return this.#requests.send(this.#rest.live(), windowMs);
  }

  /** Tells of the bot's requests. */
  get requests(): Pick<RestWatch, 'observe' | 'underWay'> {
    return this.#rest;
  }

  /** Requests that wait for others of their bucket, or for a limit. */
  get waitingRequests(): number {
    return this.#rest.live().reduce((sum, { waiting }) => sum + waiting, 0);
  }

  /** @param targets of which; without them, of all */
  forget(targets?: readonly MeantTarget[]): void {
    this.acknowledgements.forget(targets);
    this.#requests.forget(targets);
    this.tracer.forget(targets?.map(({ id }) => id));
  }

  [Symbol.dispose](): void {
    this.tracer[Symbol.dispose]();
    this.#rest[Symbol.dispose]();
    this.acknowledgements[Symbol.dispose]();
  }
}
