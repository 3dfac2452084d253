import { masked } from '../snapshot/secrets.ts';

const MASK = '[secret]';
/** What goes by such a name is never shown, whatever it is. */
const SECRET_NAME =
  /token|secret|passw|passphrase|authori[sz]ation|api[-_]?key|private[-_]?key|credential|cookie|^pwd$|^auth$/i;
/** A password in the address of a service. */
const IN_ADDRESS = /(?<=:\/\/[^\s/:@]{0,200}:)[^\s/@]+(?=@)/g;
/** What is shorter may stand anywhere by chance. */
const LEAST_SECRET = 6;
/** Of longer texts no more is read. */
const MOST_READ = 8_192;

/** Hides secrets in what is shown of objects: those of Discord by their form, others by their name or by what they are. */
export class Redactor {
  readonly #values: readonly string[];

  /** @param values secrets that are known */
  constructor(values: Iterable<string | null | undefined>) {
    this.#values = [...new Set(values)]
      .filter((value) => value !== null && value !== undefined)
      .filter(({ length }) => length >= LEAST_SECRET)
      .sort((a, b) => b.length - a.length);
  }

  isSecret(name: string): boolean {
    return SECRET_NAME.test(name);
  }

  /** The text without its secrets, and cut after that. */
  text(text: string, most: number): string {
    let safe = text.slice(0, MOST_READ);
    for (const value of this.#values) safe = safe.replaceAll(value, MASK);
    safe = masked(safe).replace(IN_ADDRESS, MASK);
    return safe.length <= most ? safe : `${safe.slice(0, most - 1)}…`.toWellFormed();
  }
}

/** The variables of the environment that are secret by their name. */
export function secretVariables(environment: Readonly<NodeJS.ProcessEnv> = process.env): string[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && SECRET_NAME.test(name) ? [value] : [],
  );
}
