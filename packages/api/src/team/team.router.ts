import { getTeam } from '@parley/db';
import { adminProcedure, authedProcedure, router } from '../trpc.ts';
import { setActive, setRole } from './change-member.ts';
import { createInvite } from './create-invite.ts';
import { listInvites } from './list-invites.ts';
import { listMembers } from './list-members.ts';
import { revokeInvite } from './revoke-invite.ts';
import {
  createdInviteOutput,
  createInviteInput,
  inviteIdInput,
  inviteOutput,
  listInvitesInput,
  listInvitesOutput,
  listMembersInput,
  listMembersOutput,
  memberOutput,
  setActiveInput,
  setRoleInput,
  teamOutput,
  updateTeamInput,
} from './team.schema.ts';
import { updateTeam } from './update-team.ts';

export const teamRouter = router({
  get: authedProcedure.output(teamOutput).query(({ ctx }) => getTeam(ctx.db, ctx.user.teamId)),

  update: adminProcedure
    .input(updateTeamInput)
    .output(teamOutput)
    .mutation(({ ctx, input }) => updateTeam(ctx, ctx.user, input)),

  members: authedProcedure
    .input(listMembersInput)
    .output(listMembersOutput)
    .query(({ ctx, input }) => listMembers(ctx, ctx.user, input)),

  setRole: adminProcedure
    .input(setRoleInput)
    .output(memberOutput)
    .mutation(({ ctx, input }) => setRole(ctx, ctx.user, input)),

  setActive: adminProcedure
    .input(setActiveInput)
    .output(memberOutput)
    .mutation(({ ctx, input }) => setActive(ctx, ctx.user, input)),

  createInvite: adminProcedure
    .input(createInviteInput)
    .output(createdInviteOutput)
    .mutation(({ ctx, input }) => createInvite(ctx, ctx.user, input)),

  listInvites: adminProcedure
    .input(listInvitesInput)
    .output(listInvitesOutput)
    .query(({ ctx, input }) => listInvites(ctx, ctx.user, input)),

  revokeInvite: adminProcedure
    .input(inviteIdInput)
    .output(inviteOutput)
    .mutation(({ ctx, input }) => revokeInvite(ctx, ctx.user, input)),
});
