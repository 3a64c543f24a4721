// The same database twice: as Kysely's own driver has it, by a superuser whom row-level security does not bind, and as
// open() gives it.
import { PGlite } from '@electric-sql/pglite';
import { open, type DB } from '@parley/db';
import { Kysely, PGliteDialect, PostgresDialect } from 'kysely';
import pg from 'pg';
import { columnParsers } from '../../../packages/db/src/column-parsers.ts';
import { connectPGlite, driverOptions } from '../../../packages/db/src/open-pglite.ts';

export interface Handles {
  plain: Kysely<DB>;
  system: Kysely<DB>;
}

export async function openHandles(url: string | undefined): Promise<Handles> {
  if (url === undefined) {
    const pglite = await PGlite.create(driverOptions);
    const system = await connectPGlite(pglite);
    // One session for both. A team's handle takes on its role by itself; the system's is not measured here.
    await pglite.exec('reset role');
    return { plain: new Kysely<DB>({ dialect: new PGliteDialect({ pglite }) }), system };
  }
  const system = await open({ url, maxConnections: 1 });
  const pool = new pg.Pool({
    connectionString: url,
    max: 1,
    types: { getTypeParser: (oid, format) => columnParsers[oid] ?? pg.types.getTypeParser(oid, format) },
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool awaits it, which its types do not say
    onConnect: (client) => client.query(`set timezone = 'UTC'`),
  });
  return { plain: new Kysely<DB>({ dialect: new PostgresDialect({ pool }) }), system };
}
