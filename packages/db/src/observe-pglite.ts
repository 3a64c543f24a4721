// Reports the writes of the embedded database to an observer, as scoped-postgres-dialect.ts does for a server.
import type { PGlite as KyselyPGlite, PGliteQueryOptions, PGliteQueryResults } from 'kysely';
import { findWriteRefusal, type WriteObserver } from './write-refusal.ts';

/** The same database; its statements are reported. */
export function observePGlite(pglite: KyselyPGlite, observer: WriteObserver): KyselyPGlite {
  return {
    get closed() {
      return pglite.closed;
    },
    get ready() {
      return pglite.ready;
    },
    waitReady: pglite.waitReady,
    query: <Row>(text: string, parameters?: unknown[], options?: PGliteQueryOptions) =>
      observe(pglite.query<Row>(text, parameters, options), observer),
    transaction: (callback) =>
      pglite.transaction((trx) =>
        callback({
          query: <Row>(text: string, parameters?: unknown[], options?: PGliteQueryOptions) =>
            observe(trx.query<Row>(text, parameters, options), observer),
          rollback: () => trx.rollback(),
        }),
      ),
    close: () => pglite.close(),
  };
}

async function observe<Row>(
  work: Promise<PGliteQueryResults<Row>>,
  observer: WriteObserver,
): Promise<PGliteQueryResults<Row>> {
  try {
    const result = await work;
    if ((result.affectedRows ?? 0) > 0) observer.accepted();
    return result;
  } catch (error) {
    const refusal = findWriteRefusal(error);
    if (refusal !== undefined) observer.refused(refusal);
    throw error;
  }
}
