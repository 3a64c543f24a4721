import type { InviteRow } from '@parley/db';
import type { InviteOutput } from './team.schema.ts';

export function toInviteOutput(invite: InviteRow): InviteOutput {
  return { ...invite, status: statusOf(invite) };
}

function statusOf({ usedAt, revokedAt, expiresAt }: InviteRow): InviteOutput['status'] {
  if (usedAt !== null) return 'used';
  if (revokedAt !== null) return 'revoked';
  return Date.parse(expiresAt) > Date.now() ? 'open' : 'expired';
}
