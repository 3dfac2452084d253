import { type DatabaseLibrary, word } from './database.ts';

const commandOf = ({ command }: Readonly<Record<string, unknown>>) => word(command, 'command').toUpperCase();

/** Since @redis/client 5.12. */
export const redis: DatabaseLibrary = {
  system: 'redis',
  channels: { 'node-redis:command': commandOf, 'node-redis:batch': () => 'MULTI' },
};

/** Since ioredis 5.11. */
export const ioredis: DatabaseLibrary = {
  system: 'redis',
  channels: { 'ioredis:command': commandOf, 'ioredis:batch': () => 'MULTI' },
};
