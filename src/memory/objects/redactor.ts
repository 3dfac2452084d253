import { isSecretName, masked, usableSecrets } from '../snapshot/secrets.ts';

/** Of longer texts no more is read. */
const MOST_READ = 8_192;

/** Hides secrets in what is shown of objects: those of Discord by their form, others by their name or by what they are. */
export class Redactor {
  readonly #values: readonly string[];

  /** @param values secrets that are known */
  constructor(values: Iterable<string | null | undefined>) {
    this.#values = usableSecrets(values);
  }

  isSecret(name: string): boolean {
    return isSecretName(name);
  }

  /** The text without its secrets, and cut after that. */
  text(text: string, most: number): string {
    const safe = masked(text.slice(0, MOST_READ), this.#values);
    return safe.length <= most ? safe : `${safe.slice(0, most - 1)}…`.toWellFormed();
  }
}

/** The variables of the environment that are secret by their name. */
export function secretVariables(environment: Readonly<NodeJS.ProcessEnv> = process.env): string[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && isSecretName(name) ? [value] : [],
  );
}
