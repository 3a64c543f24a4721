// Names of tables and columns: camelCase in TypeScript, snake_case in the database. Identifiers are translated while a
// statement is compiled, and a result's columns once for all of its rows. docs/adr/0006 compares that with Kysely's
// CamelCasePlugin, which copies every statement and every row. Text inside sql`` is sent as written.
import { PostgresQueryCompiler, type KyselyPlugin } from 'kysely';

export class SnakeCaseCompiler extends PostgresQueryCompiler {
  protected override sanitizeIdentifier(identifier: string): string {
    return super.sanitizeIdentifier(toSnakeCase(identifier));
  }
}

/** For drivers that name the columns in every row, as PGlite does. The scoped one for pg renames them as they are described. */
export const camelCaseRows: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  transformResult: async ({ result }) => ({
    ...result,
    rows: result.rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [toCamelCase(name), value])),
    ),
  }),
};

/** `lastActivityAt` to `last_activity_at`; a name in snake_case stays as it is. */
export const toSnakeCase = remember((name) =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
);

/** `last_activity_at` to `lastActivityAt`; a name in camelCase stays as it is. */
export const toCamelCase = remember((name) =>
  name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
);

/** Names come from the code and the schema, so that there is an end to them. */
function remember(translate: (name: string) => string): (name: string) => string {
  const translated = new Map<string, string>();
  return (name) => {
    let result = translated.get(name);
    if (result === undefined) translated.set(name, (result = translate(name)));
    return result;
  };
}
