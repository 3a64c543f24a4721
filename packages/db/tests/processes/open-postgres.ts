// Opens the database at a URL, with the schema and migrations of a folder.
import path from 'node:path';
import { open } from '../../src/open.ts';

const [url = '', dir = ''] = process.argv.slice(2);
const migrationFiles = {
  schemaFile: path.join(dir, 'schema.sql'),
  migrationsDir: path.join(dir, 'migrations'),
};
const db = await open({ url, migrationFiles });
await db.destroy();
