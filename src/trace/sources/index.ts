import type { Source } from '../operation.ts';
import { databaseSource } from './database.ts';
import { http } from './http.ts';
import { mongoose } from './mongoose.ts';
import { mssql } from './mssql.ts';
import { mysql2 } from './mysql2.ts';
import { ioredis, redis } from './redis.ts';
import { undici } from './undici.ts';

/** The libraries for databases that publish what they do. */
const DATABASES = [ioredis, mongoose, mssql, mysql2, redis];

/** All that publishes what a call may wait for, whichever bot it is in. */
export const SOURCES: readonly Source[] = [undici, http, ...DATABASES.map(databaseSource)];
