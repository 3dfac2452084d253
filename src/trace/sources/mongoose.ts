import { type DatabaseLibrary, word } from './database.ts';

const operationOf = ({ operation, collection }: Readonly<Record<string, unknown>>) =>
  `${word(operation)} ${word(collection, '')}`.trim();

/** Since mongoose 9.7. */
export const mongoose: DatabaseLibrary = {
  system: 'mongodb',
  channels: {
    'mongoose:query': operationOf,
    'mongoose:aggregate': operationOf,
    'mongoose:model:save': operationOf,
    'mongoose:model:insertMany': operationOf,
    'mongoose:model:bulkWrite': operationOf,
    'mongoose:cursor:next': operationOf,
  },
};
