// A database handle that forgets one predicate: the nth place where what runs through it names the team is replaced by
// `true`, in the SQL that Kysely has compiled, so that raw SQL is no exception.
import { Kysely, type CompiledQuery, type QueryResult, type UnknownRow } from 'kysely';
import type pg from 'pg';
import { SnakeCaseCompiler } from '../../src/column-names.ts';
import type { DB } from '../../src/index.ts';
import type { Scope } from '../../src/scope.ts';
import { scopedPostgresDialect } from '../../src/scoped-postgres-dialect.ts';

/** `team_id = $1`, `"m"."team_id" = "r"."team_id"`; of the table teams, the id. */
const predicates = {
  team_id: /(?:"?\w+"?\.)?"?\bteam_id\b"? = (?:(\$\d+)|"?\w+"?\."?team_id\b"?)/g,
  id: /(?:"?\w+"?\.)?"id" = (?:(\$\d+)|"?\w+"?\."?team_id\b"?)/g,
};

export interface Mutation {
  /** How the statements name the team. */
  column: keyof typeof predicates;
  /** Which place loses its predicate, counted from 0; undefined: none. */
  forgets?: number | undefined;
}

export interface MutatedDatabase {
  db: Kysely<DB>;
  /** The predicates that went through. */
  found: string[];
  /** What the statements gave, as the driver gave it. */
  results: QueryResult<UnknownRow>[];
  /** From here on everything runs as it is. */
  stop: () => void;
}

export function mutateDatabase(pool: pg.Pool, scope: Scope, { column, forgets }: Mutation): MutatedDatabase {
  const found: string[] = [];
  const results: QueryResult<UnknownRow>[] = [];
  let isStopped = false;

  class MutatingCompiler extends SnakeCaseCompiler {
    override compileQuery(...args: Parameters<SnakeCaseCompiler['compileQuery']>): CompiledQuery {
      const compiled = super.compileQuery(...args);
      if (isStopped) return compiled;
      const sql = compiled.sql.replace(predicates[column], (predicate, parameter?: string) => {
        found.push(predicate);
        if (found.length - 1 !== forgets) return predicate;
        // Postgres wants each parameter to be used.
        return parameter === undefined ? 'true' : `(${parameter}::text is not null)`;
      });
      return { ...compiled, sql };
    }
  }

  const dialect = scopedPostgresDialect({ pool, scope, onDestroy: async () => undefined });
  const db = new Kysely<DB>({
    dialect: { ...dialect, createQueryCompiler: () => new MutatingCompiler() },
    plugins: [
      {
        transformQuery: ({ node }) => node,
        transformResult: async ({ result }) => {
          if (!isStopped) results.push(result);
          return result;
        },
      },
    ],
  });
  return { db, found, results, stop: () => void (isStopped = true) };
}
