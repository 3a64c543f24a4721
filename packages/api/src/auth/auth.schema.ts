import { z } from 'zod';
import { textSchema } from '../schema/text-schema.ts';
import { isCommonPassword } from './common-password.ts';
import { canonicalEmail, emailPattern } from './email.ts';
import { normalizePassword } from './password.ts';

const MIN_PASSWORD_CHARS = 10;

export const roleSchema = z.enum(['user', 'admin']);

export const emailSchema = textSchema({ max: 254 })
  .trim()
  .overwrite(canonicalEmail)
  .pipe(
    z.email({
      pattern: emailPattern,
      error: "must be an email address: letters and digits of any script and . _ + - ', an @, and a domain",
    }),
  );

/** Spaces and characters without a visible shape. */
const invisible = /[\s\p{C}\p{Default_Ignorable_Code_Point}\u2800]+/gu;

/** Counts code points, as zod does. */
const longEnough = new RegExp(`^.{${MIN_PASSWORD_CHARS}}`, 'su');

/**
 * Normalized and then long enough, where a run of invisible characters counts as one, and not common. There are no rules about
 * character classes.
 */
export const newPasswordSchema = textSchema({ max: 256 })
  .overwrite(normalizePassword)
  .min(MIN_PASSWORD_CHARS, `must have at least ${MIN_PASSWORD_CHARS} characters`)
  .refine(
    // Too short: skip the other checks.
    (password) =>
      !longEnough.test(password) ||
      (longEnough.test(password.replaceAll(invisible, ' ')) && !isCommonPassword(password)),
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
