import { auditLog, newId, type DB, type JsonObject } from '@parley/db';
import type { Kysely } from 'kysely';

export interface AuditEntry {
  teamId: string;
  /** Who did it; null for the server itself, or for whoever runs it. */
  actorId: string | null;
  /** The procedure that did it: `agent.update`. */
  action: `${string}.${string}`;
  targetId?: string | null;
  /** What an admin needs to understand it later. Never a secret: no token, no password, no hash of one. */
  details?: JsonObject;
}

/** Writes down who did what. Pass the transaction that does it: there is no change without its entry, nor the reverse. */
export async function recordAudit(
  db: Kysely<DB>,
  { teamId, actorId, action, targetId = null, details = {} }: AuditEntry,
): Promise<void> {
  await auditLog.insert(db, {
    teamId,
    id: newId(),
    actorId,
    action,
    targetId,
    details: JSON.stringify(details),
  });
}
