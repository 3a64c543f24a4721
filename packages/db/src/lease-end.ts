import { sql } from 'kysely';

/** SQL for the expiry time of a lease taken now. */
export function leaseEnd(leaseMs: number) {
  return sql<string>`now() + make_interval(secs => ${leaseMs / 1000})`;
}
