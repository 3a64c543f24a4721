// PGlite in a scope. It has one session, which everybody shares: what enters the scope is in the same transaction as
// what is to run in it, and ends with it, so that the next statement of somebody else does not find it.
import type { PGlite, Transaction } from '@electric-sql/pglite';
import type { PGlite as KyselyPGlite, PGliteTransaction } from 'kysely';
import type { Scope } from './scope.ts';

/** The few members that Kysely calls. `close()` does nothing: the database is closed by whoever opened it. */
export function scopedPGlite(pglite: PGlite, { role, teamId }: Scope): KyselyPGlite {
  // As text, at half the price of a statement with parameters. Neither can hold a quote: one is ours, one is a UUID.
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

/** Kysely waits for its callback to be called, for ever: it is called in any case, and what it then runs fails. */
async function enter(trx: Transaction, enterScope: string): Promise<PGliteTransaction> {
  try {
    await trx.exec(enterScope);
    return trx;
  } catch (error) {
    return { query: () => Promise.reject(error), rollback: () => trx.rollback() };
  }
}
