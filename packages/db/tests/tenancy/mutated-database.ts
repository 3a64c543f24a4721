// A database handle that removes one team predicate: it replaces the nth one with `true` in the compiled SQL, raw SQL
// included.
import { Kysely, type CompiledQuery, type QueryResult, type UnknownRow } from 'kysely';
import type pg from 'pg';
import { SnakeCaseCompiler } from '../../src/column-names.ts';
import type { DB } from '../../src/index.ts';
import type { Scope } from '../../src/scope.ts';
import { scopedPostgresDialect } from '../../src/scoped-postgres-dialect.ts';

/** Predicates such as `team_id = $1` and `"m"."team_id" = "r"."team_id"`; for the table teams, those on `id`. */
const predicates = {
  team_id: /(?:"?\w+"?\.)?"?\bteam_id\b"? = (?:(\$\d+)|"?\w+"?\."?team_id\b"?)/g,
  id: /(?:"?\w+"?\.)?"id" = (?:(\$\d+)|"?\w+"?\."?team_id\b"?)/g,
};

export interface Mutation {
  /** The column that the predicates compare with the team. */
  column: keyof typeof predicates;
  /** The index of the predicate to remove; undefined removes none. */
  forgets?: number | undefined;
}

export interface MutatedDatabase {
  db: Kysely<DB>;
  /** The predicates in the statements so far. */
  found: string[];
  /** The results of the statements, as the driver returned them. */
  results: QueryResult<UnknownRow>[];
  /** Ends recording and mutation. */
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
        // Postgres requires that every parameter is used.
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
