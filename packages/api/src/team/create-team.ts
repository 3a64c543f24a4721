import { isUniqueViolation, newId, teams, users, type DB } from '@parley/db';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { EMAIL_IN_PASSWORD, emailSchema, newPasswordSchema } from '../auth/auth.schema.ts';
import { containsEmail } from '../auth/contains-email.ts';
import { hashPassword } from '../auth/password.ts';
import { nameSchema } from '../schema/text-schema.ts';

const createTeamInput = z.object({
  name: nameSchema({ max: 100 }),
  /** Identifies the team at login. */
  slug: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be lower-case letters, digits and hyphens'),
  admin: z
    .object({
      email: emailSchema,
      displayName: nameSchema({ max: 100 }).optional(),
      password: newPasswordSchema,
    })
    .refine(({ email, password }) => !containsEmail(password, email), {
      path: ['password'],
      message: EMAIL_IN_PASSWORD,
    }),
});

export class SlugTakenError extends Error {
  override readonly name = 'SlugTakenError';
}

/**
 * Creates a team with its first admin. It is not a procedure, because only operators create teams.
 * @throws ZodError, SlugTakenError
 */
export async function createTeam(
  db: Kysely<DB>,
  input: z.input<typeof createTeamInput>,
): Promise<{ id: string }> {
  const { name, slug, admin } = createTeamInput.parse(input);
  const passwordHash = await hashPassword(admin.password);
  const id = newId();
  await db
    .transaction()
    .execute(async (trx) => {
      await teams.insert(trx, { id, slug, name, isRegistrationOpen: false });
      await users.insert(trx, {
        teamId: id,
        id: newId(),
        email: admin.email,
        displayName: admin.displayName ?? admin.email.slice(0, admin.email.indexOf('@')),
        role: 'admin',
        passwordHash,
      });
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error, 'teams_slug_key')
        ? new SlugTakenError(`A team with the slug ${slug} already exists. Choose another one with --slug.`)
        : error;
    });
  return { id };
}
