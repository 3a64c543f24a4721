import { z } from 'zod';
import { roleSchema } from '../auth/auth.schema.ts';

export const teamOutput = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    /** Whether anyone who knows the team's id may join it. Otherwise an invite is required. */
    isRegistrationOpen: z.boolean(),
    createdAt: z.string(),
  })
  .meta({ id: 'Team' });

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
