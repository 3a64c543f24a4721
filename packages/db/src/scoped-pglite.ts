// PGlite in a scope. All users share its one session, so each statement enters its scope inside its own transaction,
// and the scope ends with it.
import type { PGlite, Transaction } from '@electric-sql/pglite';
import type { PGlite as KyselyPGlite, PGliteTransaction } from 'kysely';
import type { Scope } from './scope.ts';

/**
 * The few members of PGlite that Kysely calls. `close()` does nothing, because the system's handle closes the database.
 */
export function scopedPGlite(pglite: PGlite, { role, teamId }: Scope): KyselyPGlite {
  // Plain text costs half as much as a statement with parameters. Neither value can contain a quote: one is a constant,
  // the other a UUID.
  const enterScope = `set local role ${role}; set local app.team_id = '${teamId}'`;
  return {
    get closed() {
      return pglite.closed;
    },
    get ready() {
      return pglite.ready;
    },
    waitReady: pglite.waitReady,
    query: (query, parameters, options) =>
      pglite.transaction(async (trx) => {
        await trx.exec(enterScope);
        return trx.query(query, parameters, options);
      }),
    transaction: (callback) => pglite.transaction(async (trx) => callback(await enter(trx, enterScope))),
    close: async () => undefined,
  };
}

/**
 * Kysely would wait forever for the call of its callback, so the callback is called even if this fails, and its queries
 * then fail.
 */
async function enter(trx: Transaction, enterScope: string): Promise<PGliteTransaction> {
  try {
    await trx.exec(enterScope);
    return trx;
  } catch (error) {
    return { query: () => Promise.reject(error), rollback: () => trx.rollback() };
  }
}
