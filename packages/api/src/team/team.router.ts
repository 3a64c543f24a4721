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
  get: authedProcedure
    .meta({
      rest: {
        route: 'GET /api/team',
        summary: 'Your team',
      },
    })
    .output(teamOutput)
    .query(({ ctx }) => getTeam(ctx.db, ctx.user.teamId)),

  update: adminProcedure
    .meta({
      rest: {
        route: 'PUT /api/team',
        summary: 'Rename the team, or open its registration',
        description: 'What is left out stays as it is.',
      },
    })
    .input(updateTeamInput)
    .output(teamOutput)
    .mutation(({ ctx, input }) => updateTeam(ctx, ctx.user, input)),

  members: authedProcedure
    .meta({
      rest: {
        route: 'GET /api/team/members',
        summary: 'The members of the team',
        errors: ['INVALID_CURSOR'],
      },
    })
    .input(listMembersInput)
    .output(listMembersOutput)
    .query(({ ctx, input }) => listMembers(ctx, ctx.user, input)),

  setRole: adminProcedure
    .meta({
      rest: {
        route: 'PUT /api/team/members/{user_id}/role',
        summary: 'Make a member an admin, or a user',
        errors: ['MEMBER_NOT_FOUND', 'LAST_ADMIN'],
      },
    })
    .input(setRoleInput)
    .output(memberOutput)
    .mutation(({ ctx, input }) => setRole(ctx, ctx.user, input)),

  setActive: adminProcedure
    .meta({
      rest: {
        route: 'PUT /api/team/members/{user_id}/active',
        summary: 'Disable a member, or enable it again',
        description: 'A disabled member is logged out everywhere, at once.',
        errors: ['MEMBER_NOT_FOUND', 'LAST_ADMIN'],
      },
    })
    .input(setActiveInput)
    .output(memberOutput)
    .mutation(({ ctx, input }) => setActive(ctx, ctx.user, input)),

  createInvite: adminProcedure
    .meta({
      rest: {
        route: 'POST /api/team/invites',
        summary: 'Invite somebody',
        description:
          'The token is shown in this answer, and never again: `POST /api/auth/register` takes it as `invite_token`.',
        status: 201,
      },
    })
    .input(createInviteInput)
    .output(createdInviteOutput)
    .mutation(({ ctx, input }) => createInvite(ctx, ctx.user, input)),

  listInvites: adminProcedure
    .meta({
      rest: {
        route: 'GET /api/team/invites',
        summary: 'The invites of the team',
        description: 'Newest first.',
        errors: ['INVALID_CURSOR'],
      },
    })
    .input(listInvitesInput)
    .output(listInvitesOutput)
    .query(({ ctx, input }) => listInvites(ctx, ctx.user, input)),

  revokeInvite: adminProcedure
    .meta({
      rest: {
        route: 'DELETE /api/team/invites/{id}',
        summary: 'Revoke an invite',
        errors: ['INVITE_NOT_FOUND', 'INVITE_USED'],
      },
    })
    .input(inviteIdInput)
    .output(inviteOutput)
    .mutation(({ ctx, input }) => revokeInvite(ctx, ctx.user, input)),
});
