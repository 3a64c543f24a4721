import { runs } from '@parley/db';
import { sql } from 'kysely';
import { createDatabaseJournal } from '../../src/database-journal.ts';
import { endFromJournal } from '../../src/end-from-journal.ts';
import { interrupted } from '../../src/run-end.ts';
import type { StartedRun } from '../../src/index.ts';
import type { OpenJournalEngine } from './describe-journal.ts';
import { createTestRuns } from './test-runs.ts';

/** The journal on the database of this vitest project. */
export async function openDatabaseJournal(): Promise<OpenJournalEngine> {
  const context = await createTestRuns();
  const { db, url } = context.database;
  const started = new Map<string, StartedRun>();
  return {
    journalOf: (instanceId) => createDatabaseJournal({ db, instanceId, listenUrl: url }),
    async startRun(instanceId) {
      const run = await context.commitRun({ instanceId, leaseMs: 600_000 });
      started.set(run.runId, run);
      return run;
    },
    async endRun({ runId }, before) {
      const run = started.get(runId);
      if (run === undefined) throw new Error('This engine did not start the run');
      await db.transaction().execute(async (trx) => {
        const locked = await runs.lockActive(trx, run);
        if (locked === undefined) throw new Error('This run is not active');
        await endFromJournal(trx, locked, interrupted);
        await before?.();
      });
    },
    async cutListeners() {
      const { rows } = await sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'parley listen' and datname = current_database()
      `.execute(db);
      return rows.length;
    },
    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
}
