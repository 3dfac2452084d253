import { join } from 'node:path';
import keyvTestSuite, { keyvIteratorTests } from '@keyv/test-suite';
import { Keyv } from 'keyv';
import { Keyv as Keyv5 } from 'keyv-5';
import * as vitest from 'vitest';
import { type Contract, SqliteAdapter } from '../../src/store/sqlite-adapter.ts';
import { temporaryFolder } from '../fixtures/folder.ts';

const { afterAll, describe, it } = vitest;

type Test = typeof vitest;
type SuiteKeyv = Parameters<typeof keyvTestSuite>[1];

/** The suite was written for Keyv 5. What Keyv 6 answers by itself, whatever its adapter does, cannot pass. */
const NOT_FOR_KEYV_6: Readonly<Record<string, string>> = {
  '.deleteMany([keys]) with nonexistent keys resolves to false':
    'Keyv 6 resolves to an array of booleans, one for each key, and an array is truthy.',
};

const VERSIONS: readonly {
  name: string;
  Keyv: unknown;
  contract: Contract;
  without: Readonly<Record<string, string>>;
}[] = [
  { name: 'Keyv 6', Keyv, contract: 'expires', without: NOT_FOR_KEYV_6 },
  { name: 'Keyv 5', Keyv: Keyv5, contract: 'ttl', without: {} },
  // It takes durations still, from an adapter that does not say otherwise.
  { name: 'Keyv 6, over the contract of Keyv 5', Keyv, contract: 'ttl', without: NOT_FOR_KEYV_6 },
];

/** The suite registers its tests with what it is given: here those that are left out go nowhere. */
function without(left: Readonly<Record<string, string>>): Test {
  const register = (name: string, run: () => void) => {
    if (!Object.hasOwn(left, name)) it(name, run);
  };
  return { ...vitest, it: register as unknown as Test['it'] };
}

describe.each(VERSIONS)('the SQLite adapter under $name', (version) => {
  const folder = temporaryFolder();
  const adapters: SqliteAdapter[] = [];
  // As many adapters on one file as the suite asks for: each Keyv sets the namespace of its own.
  const store = () => {
    const adapter = new SqliteAdapter({
      path: join(folder.path, 'suite.sqlite'),
      contract: version.contract,
    });
    adapters.push(adapter);
    return adapter;
  };

  afterAll(async () => {
    for (const adapter of adapters) await adapter.disconnect();
    folder[Symbol.dispose]();
  });

  keyvTestSuite(without(version.without), version.Keyv as SuiteKeyv, store);
  keyvIteratorTests(without(version.without), version.Keyv as SuiteKeyv, store);
});
