import { expect, test } from 'vitest';
import { masked } from '../../../src/memory/snapshot/secrets.ts';

const ID = 'MTE5ODYyMjQ4MzQ3MTkyNTI0OA';
const TOKEN = [ID, 'Cl2FMQ', 'ZnCjm1XVW7vRze4b7Cq4se7kKWs'].join('.');
const WEBHOOK = 'Qm9Kc1hNbEhRd0pVa3lTb2ZpZ2h0aW5nLWZvci1hLWxvbmctdGltZS1ub3ctZG9uZQ';

const SECRETS: Record<string, string> = {
  'a token': TOKEN,
  'the token of a later id': [`${ID}Mw`, 'GhIjKl', 'a'.repeat(38)].join('.'),
  'one with a second factor': `mfa.${'Zn-Cj_m1'.repeat(8)}`,
  'that of an interaction': `aW50ZXJhY3Rpb246${'MTE5ODYyMjQ4'.repeat(6)}`,
};

test.each(Object.entries(SECRETS))('%s is masked, wherever it stands', (_, secret) => {
  for (const text of [secret, `Bot ${secret}`, `{"token":"${secret}"}`, `a=${secret};b=1`, `(${secret})`]) {
    expect(masked(text)).toBe(text.replace(secret, '[secret]'));
  }
  expect(masked(`${secret} ${secret}`)).toBe('[secret] [secret]');
});

test('the address of a webhook keeps its id only', () => {
  expect(masked(`https://discord.com/api/webhooks/1234567890123456789/${WEBHOOK}?wait=true`)).toBe(
    'https://discord.com/api/webhooks/1234567890123456789/[secret]?wait=true',
  );
});

test.each([
  'discord.js.Client',
  'node:internal/modules/esm/loader.js',
  'com.example.application.package.name',
  '1234567890123456789',
  'https://cdn.discordapp.com/avatars/80351110224678912/8342729096ea3675442027381ff50dfe.png?size=128',
  'fetchMessagesOfTheLastFortyDays.bind.callWithEverything',
])('%s is left as it is', (text) => {
  expect(masked(text)).toBe(text);
});
