// Table and column names are camelCase in TypeScript and snake_case in the database. The compiler translates
// identifiers, and the drivers rename the columns of a result. docs/adr/0006 compares this with Kysely's
// CamelCasePlugin. Text inside sql`` is sent as written.
import { PostgresQueryCompiler, type KyselyPlugin } from 'kysely';

export class SnakeCaseCompiler extends PostgresQueryCompiler {
  protected override sanitizeIdentifier(identifier: string): string {
    return super.sanitizeIdentifier(toSnakeCase(identifier));
  }
}

/** Renames the columns of rows, for drivers that do not rename them in the result's description. */
export const camelCaseRows: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  transformResult: async ({ result }) => ({
    ...result,
    rows: result.rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [toCamelCase(name), value])),
    ),
  }),
};

/** `lastActivityAt` to `last_activity_at`. Names in snake_case do not change. */
export const toSnakeCase = remember((name) =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
);

/** `last_activity_at` to `lastActivityAt`. Names in camelCase do not change. */
export const toCamelCase = remember((name) =>
  name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
);

/** Caches translations. Names come from the code and the schema, so the cache stays small. */
function remember(translate: (name: string) => string): (name: string) => string {
  const translated = new Map<string, string>();
  return (name) => {
    let result = translated.get(name);
    if (result === undefined) translated.set(name, (result = translate(name)));
    return result;
  };
}
