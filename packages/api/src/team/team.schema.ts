import { z } from 'zod';
import { roleSchema } from '../auth/auth.schema.ts';
import { pageInput, pageOutput } from '../schema/page-schema.ts';
import { idSchema, nameSchema } from '../schema/text-schema.ts';

const MAX_INVITE_HOURS = 30 * 24;
const DEFAULT_INVITE_HOURS = 7 * 24;

export const teamOutput = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    /** Whether anyone who knows the team's id may join it. Otherwise it takes an invite. */
    isRegistrationOpen: z.boolean(),
    createdAt: z.string(),
  })
  .meta({ id: 'Team' });

/** What is left out stays. */
export const updateTeamInput = z
  .object({ name: nameSchema({ max: 100 }), isRegistrationOpen: z.boolean() })
  .partial();

export const memberOutput = z
  .object({
    id: z.string(),
    email: z.string(),
    displayName: z.string(),
    role: roleSchema,
    isActive: z.boolean(),
    createdAt: z.string(),
  })
  .meta({ id: 'Member' });

export const listMembersInput = pageInput.prefault({});
export const listMembersOutput = pageOutput(memberOutput);

export const setRoleInput = z.object({ userId: idSchema, role: roleSchema });
export const setActiveInput = z.object({ userId: idSchema, isActive: z.boolean() });

export const createInviteInput = z
  .object({
    /** What whoever uses it becomes. */
    role: roleSchema.default('user'),
    expiresInHours: z.int().min(1).max(MAX_INVITE_HOURS).default(DEFAULT_INVITE_HOURS),
  })
  .prefault({});

export const inviteOutput = z
  .object({
    id: z.string(),
    role: roleSchema,
    status: z.enum(['open', 'used', 'revoked', 'expired']),
    createdBy: z.string().nullable(),
    usedBy: z.string().nullable(),
    expiresAt: z.string(),
    usedAt: z.string().nullable(),
    revokedAt: z.string().nullable(),
    createdAt: z.string(),
  })
  .meta({ id: 'Invite' });

export type InviteOutput = z.output<typeof inviteOutput>;

/** `token` is shown here, and never again: `auth.register` takes it as `inviteToken`. */
export const createdInviteOutput = inviteOutput.extend({ token: z.string() });

export const inviteIdInput = z.object({ id: idSchema });
export const listInvitesInput = pageInput.prefault({});
export const listInvitesOutput = pageOutput(inviteOutput);
