import { expect } from 'vitest';
import type { StandIn } from './standin.ts';

/** For tests of what is refused: discord.js would refuse much by itself, so it is sent past it. */

export const letters = (length: number) => 'x'.repeat(length);
export const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
export const row = (...components: object[]) => ({ type: 1, components });
export const button = (more: object = {}) => ({ type: 2, style: 1, label: 'a', custom_id: 'a', ...more });
export const pick = (value: string, more: object = {}) => ({ label: value, value, ...more });
export const select = (more: object = {}) => ({ type: 3, custom_id: 'a', options: [pick('a')], ...more });
export const components = (...list: object[]) => ({ content: 'c', components: list });
export const v2 = (...list: object[]) => ({ flags: 1 << 15, components: list });
export const words = (content = 'text') => ({ type: 10, content });
export const option = (more: object = {}) => ({ name: 'a', description: 'd', type: 3, ...more });
export const command = (more: object = {}) => ({ name: 'a', description: 'd', ...more });
export const input = (more: object = {}) => ({ type: 4, custom_id: 'a', style: 1, label: 'a', ...more });
export const modal = (...list: object[]) => ({ title: 't', custom_id: 'm', components: list });

export interface Refused {
  status: number;
  code: number;
  errors: unknown;
}

export async function send(
  discord: StandIn,
  method: 'POST' | 'PATCH' | 'PUT' | 'DELETE' | 'GET',
  path: string,
  body?: object,
): Promise<Refused | 'taken'> {
  const response = await fetch(`${discord.restUrl}/v10${path}`, {
    method,
    headers: { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.ok) return 'taken';
  const { code, errors } = (await response.json()) as { code: number; errors: unknown };
  return { status: response.status, code, errors };
}

/** The path and code of each entry of an `errors` object: `embeds.0.title BASE_TYPE_MAX_LENGTH`. */
function flat(errors: unknown, path: string[] = []): string[] {
  return Object.entries((errors ?? {}) as object).flatMap(([key, value]) =>
    key === '_errors'
      ? (value as { code: string }[]).map(({ code }) => `${path.join('.')} ${code}`)
      : flat(value, [...path, key]),
  );
}

/** What is wrong with the form, flat; empty when it was taken. */
export async function issues(refused: Promise<Refused | 'taken'>): Promise<string[]> {
  const outcome = await refused;
  if (outcome === 'taken') return [];
  expect(outcome).toMatchObject({ status: 400, code: 50035 });
  return flat(outcome.errors);
}
