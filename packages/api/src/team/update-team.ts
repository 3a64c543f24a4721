import { updateTeam as updateTeamRow, type TeamRow, type UserWithTeam } from '@parley/db';
import type { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import type { Services } from '../services.ts';
import type { updateTeamInput } from './team.schema.ts';

export async function updateTeam(
  { db }: Services,
  user: UserWithTeam,
  input: z.output<typeof updateTeamInput>,
): Promise<TeamRow> {
  return db.transaction().execute(async (trx) => {
    const team = await updateTeamRow(trx, user.teamId, {
      name: input.name,
      is_registration_open: input.isRegistrationOpen,
    });
    const { name, isRegistrationOpen } = team;
    await recordAudit(trx, {
      teamId: user.teamId,
      actorId: user.id,
      action: 'team.update',
      targetId: user.teamId,
      details: { name, isRegistrationOpen },
    });
    return team;
  });
}
