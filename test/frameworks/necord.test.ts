import 'reflect-metadata';
import { Injectable, Module, Scope } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { Client } from 'discord.js';
import { NecordModule, On } from 'necord';
import { expect, onTestFinished, test } from 'vitest';
import { FRAMEWORK_PACKAGES } from '../../src/frameworks/index.ts';
import { necord as adapter } from '../../src/frameworks/necord.ts';
import {
  type AdapterBot,
  CountingSurroundings,
  createAdapterBot,
  expectCounted,
  expectUnchanged,
  photograph,
  startAdapterBot,
} from '../fixtures/adapter-bot.ts';
import { necord } from '../fixtures/frameworks/necord.ts';
import { commonIntents } from '../standin/connect.ts';
import { StandIn } from '../standin/standin.ts';

/** Tasks are found by the scheduler's adapter. */
const functionsOf = ({ bot }: AdapterBot) => bot.functions.filter(({ kind }) => kind !== 'task');

test('exactly the decorated functions and the other methods of providers are found', async () => {
  const started = await startAdapterBot(necord, adapter);
  const found = started.find();
  expect([...found.keys()].sort()).toEqual(
    functionsOf(started)
      .map(({ id }) => id)
      .sort(),
  );
  for (const { location } of found.values()) expect(location?.file).toContain(started.bot.rootDir);
});

test('each run is counted once, and each function is called as without', async () => {
  const started = await startAdapterBot(necord, adapter);
  await expectCounted(started, functionsOf(started));
});

test('the completion of an option is no run of its command', async () => {
  const started = await startAdapterBot(necord, adapter);
  const targets = started.find();
  started.attach(['music/command/play', 'music/autocomplete/SongAutocomplete'].map((id) => targets.get(id)!));
  await started.functionOf('music/autocomplete/SongAutocomplete').trigger();
  await expect.poll(() => started.counted('music/autocomplete/SongAutocomplete')).toBe(1);
  await started.functionOf('music/command/play').trigger();
  await expect.poll(() => started.counted('music/command/play')).toBe(1);
  expect(started.counted('music/autocomplete/SongAutocomplete')).toBe(1);
});

test('what is detached is as it was', async () => {
  const started = await startAdapterBot(necord, adapter);
  const targets = started.find();
  const before = photograph(targets.values());
  started.attach(targets.values());
  expect([...started.find().keys()]).toEqual([...targets.keys()]);
  started.detach();
  expectUnchanged(before);
});

test('the application is found by way of the listeners: memory is never searched', async () => {
  const started = await createAdapterBot(necord, adapter);
  started.find();
  await started.bot.login();
  for (let round = 0; round < 3; round++) started.find();
  expect(started.surroundings.searches).toBe(0);
});

test('of two applications each client has its own', async () => {
  const first = await startAdapterBot(necord, adapter);
  const second = await startAdapterBot(necord, adapter);
  const slots = [first, second].map((started) => [...started.find().values()].map(({ slot }) => slot));
  expect(slots[0]!.length).toBe(slots[1]!.length);
  expect(slots[0]!.filter((slot) => slots[1]!.includes(slot))).toEqual([]);
});

test('what lives for one request, and what Nest calls once, is passed over', async () => {
  const discord = await StandIn.start();
  onTestFinished(() => discord.stop());
  class Lasting {
    onModuleInit() {}
    heard() {}
    helper() {}
  }
  class Requested {
    heard() {}
    helper() {}
  }
  class Everywhere {
    canActivate() {
      return true;
    }
  }
  class App {}
  Injectable()(Lasting);
  Injectable({ scope: Scope.REQUEST })(Requested);
  Injectable()(Everywhere);
  listen('messageDelete', Lasting.prototype);
  listen('messageUpdate', Requested.prototype);
  const options = {
    ...discord.clientOptions,
    intents: commonIntents,
    token: discord.token,
    skipRegistration: true,
  };
  Module({
    imports: [NecordModule.forRoot(options)],
    providers: [
      Lasting,
      Requested,
      { provide: APP_GUARD, useClass: Everywhere },
      { provide: 'again', useExisting: Lasting },
      { provide: 'settings', useValue: { read: () => undefined } },
    ],
  })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  onTestFinished(() => app.close());
  const found = adapter.discover(app.get(Client), new CountingSurroundings(import.meta.dirname));
  expect([...found].map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
    'listener messageDelete',
    'listener messageUpdate',
    'method Lasting.helper',
    'precondition Everywhere',
  ]);
});

/** As `@On(event) heard()` does in TypeScript with decorators. */
function listen(event: 'messageDelete' | 'messageUpdate', prototype: { heard(): void }): void {
  On(event)(prototype, 'heard', Object.getOwnPropertyDescriptor(prototype, 'heard')!);
}

test('a client of discord.js itself has nothing', () => {
  const client = new Client({ intents: [] });
  onTestFinished(() => client.destroy());
  client.on('interactionCreate', () => undefined);
  const surroundings = new CountingSurroundings(import.meta.dirname, FRAMEWORK_PACKAGES);
  expect([...adapter.discover(client, surroundings)]).toEqual([]);
  expect(surroundings.searches).toBe(0);
});
