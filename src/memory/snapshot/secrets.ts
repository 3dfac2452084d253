/** What stands for a secret. */
export const MASK = '[secret]';

/**
 * What must never be shown: tokens of bots and users (an id, a time and a signature with points between), tokens with a
 * second factor, and those of webhooks and interactions, which anybody may use who has them; and the password in the
 * address of a service.
 */
const SECRETS = [
  /(?<![\w-])[\w-]{17,}\.[\w-]{5,}\.[\w-]{20,}/g,
  /mfa\.[\w-]{20,}/g,
  /(?<=\/(?:webhooks|interactions)\/\d{15,22}\/)[\w-]{20,}/g,
  /(?<![\w-])aW50ZXJhY3Rpb246[\w-]{20,}={0,2}/g,
  /(?<=:\/\/[^\s/:@]{0,200}:)[^\s/@]+(?=@)/g,
] as const;
/** What goes by such a name is never shown, whatever it is. */
const SECRET_NAME =
  /token|secret|passw|passphrase|authori[sz]ation|api[-_]?key|private[-_]?key|credential|cookie|^pwd$|^auth$/i;
/** What is shorter may stand anywhere by chance. */
const LEAST_SECRET = 6;

/** Those that this thread was told of, the longest first. */
let known: readonly string[] = [];

/** From now on these are masked too, in this thread: what is computed of a snapshot has a thread of its own. */
export function hideAlso(values: Iterable<string | null | undefined>): void {
  known = usableSecrets(values);
}

/** Secrets that are known, as far as they are such that they can be looked for: the longest first. */
export function usableSecrets(values: Iterable<string | null | undefined>): string[] {
  return [...new Set(values)]
    .filter((value) => value !== null && value !== undefined)
    .filter(({ length }) => length >= LEAST_SECRET)
    .sort((a, b) => b.length - a.length);
}

/** Whether what goes by a name is a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** The text with all that looks like a secret masked, and all that is known to be one. Cut it after, not before. */
export function masked(text: string, values: readonly string[] = known): string {
  const rest = values.reduce((left, value) => left.replaceAll(value, MASK), text);
  return SECRETS.reduce((left, secret) => left.replace(secret, MASK), rest);
}
