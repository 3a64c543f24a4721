import { auditLog, newId, type DB, type JsonObject } from '@parley/db';
import type { Kysely } from 'kysely';

export interface AuditEntry {
  teamId: string;
  /** The user who acted; null for the server and its operators. */
  actorId: string | null;
  /** The procedure: `agent.update`. */
  action: `${string}.${string}`;
  targetId?: string | null;
  /** Context for an admin who reads the entry later. Never a secret, and no hash of one. */
  details?: JsonObject;
}

/** Adds an entry to the audit log. Pass the transaction of the change, so that neither exists without the other. */
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
