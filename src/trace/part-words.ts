import type { PartKind, Span } from './trace.ts';

/** What a call does while a part of it passes, as a label of a command. */
export const EFFECTS = [
  { name: 'computes', label: 'computes' },
  { name: 'waits', label: 'waits' },
  { name: 'blocked', label: 'blocked by other code' },
  { name: 'unknown', label: 'unknown' },
] as const satisfies readonly { name: string; label: string }[];

export type Effect = (typeof EFFECTS)[number]['name'];

interface PartWords {
  /** In legends and above figures. */
  readonly label: string;
  /** What its bars are made of, where there are only characters. */
  readonly mark: string;
  readonly effect: Effect;
  /** The predicate of a sentence; without a name where there is none, or none that has most of it. */
  readonly says: (name: string | undefined) => string;
}

/** How each kind of part is called; one entry a kind. */
export const PART_WORDS: Readonly<Record<PartKind, PartWords>> = {
  cpu: {
    label: 'computing',
    mark: '#',
    effect: 'computes',
    says: (name) => (name === undefined ? 'computes' : `computes in ${name}`),
  },
  queue: {
    label: 'queue',
    mark: 'q',
    effect: 'waits',
    says: (name = 'Discord') => `queues behind its own requests to ${name}`,
  },
  limit: {
    label: 'rate limit',
    mark: 'L',
    effect: 'waits',
    says: (name) => `waits for rate limits${name === undefined ? '' : ` on ${name}`}`,
  },
  backoff: {
    label: 'retry',
    mark: 'b',
    effect: 'waits',
    says: (name = 'failed requests') => `waits to retry ${name}`,
  },
  network: {
    label: 'Discord',
    mark: '=',
    effect: 'waits',
    says: (name) => `waits for Discord${name === undefined ? '' : ` to answer ${name}`}`,
  },
  http: {
    label: 'HTTP',
    mark: 'h',
    effect: 'waits',
    says: (name = 'other servers') => `waits for ${name}`,
  },
  database: {
    label: 'database',
    mark: 'd',
    effect: 'waits',
    says: (name) => `waits for the database${name === undefined ? '' : ` ${name}`}`,
  },
  file: { label: 'files', mark: 'f', effect: 'waits', says: () => 'waits for the file system' },
  dns: {
    label: 'DNS',
    mark: 'n',
    effect: 'waits',
    says: (name = 'hosts') => `waits for the address of ${name}`,
  },
  timer: { label: 'sleep', mark: 'z', effect: 'waits', says: () => 'sleeps' },
  loop: {
    label: 'loop busy',
    mark: 'x',
    effect: 'blocked',
    says: (name = 'other code') => `blocked by ${name}`,
  },
  other: { label: 'unknown', mark: '.', effect: 'unknown', says: () => 'does what is not known' },
};

/** What stands before the names of spans that do not say themselves what they are. */
const SPAN_WORDS: Partial<Readonly<Record<Span['kind'], string>>> = {
  timer: 'sleep',
  dns: 'look up',
};

/** What a span is called, such as `PATCH /channels/:id` or `sleep 120 ms`. */
export function spanTitle({ kind, name }: Pick<Span, 'kind' | 'name'>): string {
  const word = SPAN_WORDS[kind];
  return word === undefined ? name : `${word} ${name}`;
}
