import type { MigrationSession } from '../migrate.ts';
import { BackupError } from './backup-error.ts';
import { quote } from './read-rows.ts';

export interface Column {
  name: string;
  type: string;
}

/**
 * The columns of a backup's table with their types in the database.
 * @throws BackupError BACKUP_DAMAGED if the database has other columns
 */
export async function listColumns(
  session: MigrationSession,
  table: { name: string; columns: readonly string[] },
): Promise<Column[]> {
  const existing = await session.select<Column>(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid = to_regclass($1) and attnum > 0 and not attisdropped and attgenerated = ''`,
    [quote(table.name)],
  );
  const types = new Map(existing.map(({ name, type }) => [name, type]));
  return table.columns.map((name) => {
    const type = types.get(name);
    if (type === undefined || existing.length !== table.columns.length) {
      throw new BackupError(
        'BACKUP_DAMAGED',
        `The columns of ${table.name} in the backup do not fit its migrations. Nothing was changed.`,
      );
    }
    return { name, type };
  });
}

/** Inserts rows that are JSON arrays of texts, in one statement. */
export async function insertRows(
  session: MigrationSession,
  { name, columns }: { name: string; columns: readonly Column[] },
  lines: readonly Buffer[],
): Promise<void> {
  const names = columns.map((column) => quote(column.name)).join(', ');
  const values = columns.map(({ type }, index) => `(line ->> ${index})::${type}`).join(', ');
  await session.select(
    `insert into ${quote(name)} (${names}) overriding system value select ${values} from jsonb_array_elements($1::jsonb) as line`,
    [`[${lines.map(String).join(',')}]`],
  );
}
