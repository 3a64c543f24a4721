import { sql } from 'kysely';

/** When a lease taken now lapses. */
export function leaseEnd(leaseMs: number) {
  return sql<string>`now() + make_interval(secs => ${leaseMs / 1000})`;
}
