import { type DatabaseLibrary, sqlWords } from './database.ts';

/** Since mysql2 3.20. Values are in the text of a query by then. */
export const mysql2: DatabaseLibrary = {
  system: 'mysql',
  channels: {
    'mysql2:query': ({ query }) => sqlWords(query),
    'mysql2:execute': ({ query }) => sqlWords(query),
  },
};
