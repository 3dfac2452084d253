import { type DatabaseLibrary, sqlWords, word } from './database.ts';

/** Since mssql 12.4. */
export const mssql: DatabaseLibrary = {
  system: 'mssql',
  channels: {
    'mssql:query': ({ command }) => sqlWords(command),
    'mssql:batch': ({ command }) => sqlWords(command),
    'mssql:execute': ({ procedure }) => `EXEC ${word(procedure, '')}`.trim(),
    'mssql:bulk': ({ table }) => `BULK ${word(table, '')}`.trim(),
    'mssql:prepared-statement:prepare': ({ statement }) => `PREPARE ${sqlWords(statement)}`,
    'mssql:prepared-statement:execute': ({ statement }) => sqlWords(statement),
  },
};
