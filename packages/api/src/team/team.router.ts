import { router } from '../trpc.ts';
import { createInviteProcedure } from './create-invite.ts';
import { getTeamProcedure } from './get-team.ts';
import { listInvitesProcedure } from './list-invites.ts';
import { listMembersProcedure } from './list-members.ts';
import { revokeInviteProcedure } from './revoke-invite.ts';
import { setActiveProcedure } from './set-active.ts';
import { setRoleProcedure } from './set-role.ts';
import { updateTeamProcedure } from './update-team.ts';

export const teamRouter = router({
  get: getTeamProcedure,
  update: updateTeamProcedure,
  members: listMembersProcedure,
  setRole: setRoleProcedure,
  setActive: setActiveProcedure,
  createInvite: createInviteProcedure,
  listInvites: listInvitesProcedure,
  revokeInvite: revokeInviteProcedure,
});
