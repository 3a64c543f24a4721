import { z } from 'zod';
import { textSchema } from '../schema/text-schema.ts';
import { isCommonPassword } from './common-password.ts';

const MIN_PASSWORD_CHARS = 10;

export const roleSchema = z.enum(['user', 'admin']);

export const emailSchema = textSchema({ max: 254 })
  .trim()
  .toLowerCase()
  .pipe(z.email('must be an email address'));

/** Spaces and characters without a visible shape. */
const invisible = /[\s\p{C}\p{Default_Ignorable_Code_Point}\u2800]+/gu;

/** Long enough, where a run of invisible characters counts as one, and not common. There are no rules about character classes. */
export const newPasswordSchema = textSchema({ min: MIN_PASSWORD_CHARS, max: 256 }).refine(
  // Too short: skip the other checks.
  (password) =>
    password.length < MIN_PASSWORD_CHARS ||
    (password.replaceAll(invisible, ' ').length >= MIN_PASSWORD_CHARS && !isCommonPassword(password)),
  'is too common: choose one that is hard to guess',
);

export const EMAIL_IN_PASSWORD = 'must not contain the email';

export const accountOutput = z
  .object({
    user: z.object({ id: z.string(), email: z.string(), displayName: z.string(), role: roleSchema }),
    team: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
  })
  .meta({ id: 'Account' });

export type Account = z.infer<typeof accountOutput>;

export const okOutput = z.object({ ok: z.literal(true) });
