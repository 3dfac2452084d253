import { h } from './dom.ts';

/** Discord in English, as in the pictures of every guide. */
const LOCALE = 'en-US';

const FORMATS: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  t: { timeStyle: 'short' },
  T: { timeStyle: 'medium' },
  d: { dateStyle: 'short' },
  D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' },
  F: { dateStyle: 'full', timeStyle: 'short' },
};

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

export function format(epochMs: number, style: string): string {
  return new Intl.DateTimeFormat(LOCALE, FORMATS[style]).format(epochMs);
}

function relative(epochMs: number, nowEpochMs: number): string {
  const seconds = Math.round((epochMs - nowEpochMs) / 1_000);
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? UNITS.at(-1)!;
  return new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' }).format(Math.trunc(seconds / length), unit);
}

/** When a message was sent, as its head says it. */
export function sentAt(epochMs: number, nowEpochMs = Date.now()): string {
  const days = daysBetween(epochMs, nowEpochMs);
  const time = format(epochMs, 't');
  if (days === 0) return time;
  return days === 1 ? `Yesterday at ${time}` : `${format(epochMs, 'd')}, ${time}`;
}

export function daysBetween(earlierEpochMs: number, laterEpochMs: number): number {
  const midnight = (epochMs: number) => new Date(epochMs).setHours(0, 0, 0, 0);
  return Math.round((midnight(laterEpochMs) - midnight(earlierEpochMs)) / 86_400_000);
}

const REFRESH_MS = 1_000;
/** No point in time that JavaScript can tell. */
const LATEST_EPOCH_MS = 8.64e15;

/** `<t:…:R>` goes on telling the time: see `keepTimes`. */
export function timeElement(epochS: number, style: string): HTMLElement {
  const epochMs = epochS * 1_000;
  if (Math.abs(epochMs) > LATEST_EPOCH_MS) return h('span', { class: 'time' }, 'Invalid Date');
  const text = style === 'R' ? relative(epochMs, Date.now()) : format(epochMs, style);
  const data: Record<string, string> = style === 'R' ? { relative: String(epochMs) } : {};
  const datetime = new Date(epochMs).toISOString();
  return h('time', { class: 'time', datetime, title: format(epochMs, 'F'), data }, text);
}

/** Lets what says "5 seconds ago" say so in time. */
export function keepTimes(): void {
  setInterval(() => {
    for (const element of document.querySelectorAll<HTMLElement>('[data-relative]')) {
      const text = relative(Number(element.dataset['relative']), Date.now());
      if (element.textContent !== text) element.textContent = text;
    }
  }, REFRESH_MS);
}
