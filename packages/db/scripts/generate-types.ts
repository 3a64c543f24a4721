// Writes the row types, src/generated/database.ts, from schema.sql. With --check it only compares, for CI.
import { readFile, writeFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, sql } from 'kysely';
import { generate, IdentifierNode, PostgresDialect, type DatabaseMetadata } from 'kysely-codegen';

const schemaFile = new URL('../../../schema.sql', import.meta.url);
const typesFile = new URL('../src/generated/database.ts', import.meta.url);

const generated = await generateTypes(await readFile(schemaFile, 'utf8'));

if (process.argv.includes('--check')) {
  const committed = await readFile(typesFile, 'utf8').catch(() => '');
  if (committed !== generated) {
    console.error(
      'packages/db/src/generated/database.ts differs from schema.sql: run `pnpm generate`, and commit it.',
    );
    process.exitCode = 1;
  }
} else {
  await writeFile(typesFile, generated);
}

async function generateTypes(schema: string): Promise<string> {
  const pglite = await PGlite.create();
  await pglite.exec(schema);
  const db = new Kysely<unknown>({ dialect: new PGliteDialect({ pglite }) });
  const dialect = new PostgresDialect();
  // The types that the parsers in src/column-parsers.ts return.
  dialect.adapter.scalars.timestamptz = new IdentifierNode('string');
  dialect.adapter.scalars.date = new IdentifierNode('string');
  dialect.adapter.scalars.int8 = new IdentifierNode('number');
  dialect.adapter.scalars.bytea = new IdentifierNode('Uint8Array');
  dialect.adapter.scalars.jsonb = new IdentifierNode('JsonColumn');
  const types = await generate({
    camelCase: true,
    db,
    dialect,
    outFile: null,
    postprocess: async ({ metadata }) => withLiterals(metadata, await listLiterals(db)),
    customImports: { JsonColumn: '../json.ts' },
  });
  await db.destroy();
  return types;
}

/**
 * The values that `check (column in ('a', 'b'))` allows, by `table.column`. Postgres stores the check as `= any
 * (array[...])`.
 */
async function listLiterals(db: Kysely<unknown>): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ path: string; definition: string }>`
    select c.conrelid::regclass || '.' || a.attname as path, pg_get_constraintdef(c.oid) as definition
    from pg_constraint c
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where c.contype = 'c' and cardinality(c.conkey) = 1
  `.execute(db);
  const literals = new Map<string, string[]>();
  for (const { path, definition } of rows) {
    const list = /^CHECK \(\(\w+ = ANY \(ARRAY\[(.+)\]\)\)\)$/.exec(definition)?.[1];
    if (list !== undefined) literals.set(path, list.split(', ').map(unquote));
  }
  return literals;
}

function unquote(literal: string): string {
  const value = /^'([\w-]+)'::text$/.exec(literal)?.[1];
  if (value === undefined)
    throw new Error(`generate-types cannot read the check constraint's value ${literal}`);
  return value;
}

function withLiterals(metadata: DatabaseMetadata, literals: Map<string, string[]>): DatabaseMetadata {
  for (const table of metadata.tables) {
    for (const column of table.columns) {
      column.enumValues = literals.get(`${table.name}.${column.name}`) ?? column.enumValues;
    }
  }
  return metadata;
}
