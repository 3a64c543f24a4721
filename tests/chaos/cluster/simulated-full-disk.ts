import type pg from 'pg';

/** Triggers that refuse new rows with the error of a full disk, where no file system can be mounted and filled. */
export function simulatedFullDisk(admin: pg.Pool) {
  const onTables = (statement: (table: string) => string): string =>
    ['messages', 'run_events'].map(statement).join(';');
  return {
    async fill(): Promise<void> {
      await admin.query(`
        create or replace function refuse_growth() returns trigger language plpgsql as $$
        begin
          raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
        end $$;
        ${onTables((table) => `create trigger disk_full before insert on ${table} for each statement execute function refuse_growth()`)}
      `);
    },
    async free(): Promise<void> {
      await admin.query(onTables((table) => `drop trigger if exists disk_full on ${table}`));
    },
  };
}
