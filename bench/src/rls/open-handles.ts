// Opens the same database twice: with Kysely's own driver and a superuser, to whom row-level security does not apply, and with
// `open()`.
import { PGlite } from '@electric-sql/pglite';
import { open, type DB } from '@parley/db';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { camelCaseRows, SnakeCaseCompiler } from '../../../packages/db/src/column-names.ts';
import { columnParsers } from '../../../packages/db/src/column-parsers.ts';
import {
  connectPGlite,
  driverOptions,
  SnakeCasePGliteDialect,
} from '../../../packages/db/src/open-pglite.ts';

export interface Handles {
  plain: Kysely<DB>;
  system: Kysely<DB>;
}

export async function openHandles(url: string | undefined): Promise<Handles> {
  if (url === undefined) {
    const pglite = await PGlite.create(driverOptions);
    const system = await connectPGlite(pglite);
    // Both handles share one session. A team's handle sets its role itself; the system's handle is not measured.
    await pglite.exec('reset role');
    return {
      plain: new Kysely<DB>({ dialect: new SnakeCasePGliteDialect({ pglite }), plugins: [camelCaseRows] }),
      system,
    };
  }
  const system = await open({ url, maxConnections: 1 });
  const pool = new pg.Pool({
    connectionString: url,
    max: 1,
    types: { getTypeParser: (oid, format) => columnParsers[oid] ?? pg.types.getTypeParser(oid, format) },
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool awaits it, which its types do not say
    onConnect: (client) => client.query(`set timezone = 'UTC'`),
  });
  return {
    plain: new Kysely<DB>({ dialect: new SnakeCasePostgresDialect({ pool }), plugins: [camelCaseRows] }),
    system,
  };
}

class SnakeCasePostgresDialect extends PostgresDialect {
  override createQueryCompiler(): SnakeCaseCompiler {
    return new SnakeCaseCompiler();
  }
}
