import { z } from 'zod';
import { pageInput, pageOutput } from '../schema/page-schema.ts';
import { idSchema, nameSchema, textSchema } from '../schema/text-schema.ts';
import { isCommonPassword } from './common-password.ts';
import { containsEmail } from './contains-email.ts';

const MIN_PASSWORD_CHARS = 10;

export const roleSchema = z.enum(['user', 'admin']);

export const emailSchema = textSchema({ max: 254 })
  .trim()
  .toLowerCase()
  .pipe(z.email('must be an email address'));

/** Long enough, and not among the first that are tried. No rules about what it is made of. */
export const newPasswordSchema = textSchema({ min: MIN_PASSWORD_CHARS, max: 256 }).refine(
  // Of one that is too short, that is all there is to say.
  (password) => password.length < MIN_PASSWORD_CHARS || !isCommonPassword(password),
  'is too common: choose one that nobody would guess',
);

export const EMAIL_IN_PASSWORD = 'must not contain the email';

export const registerInput = z
  .object({
    email: emailSchema,
    password: newPasswordSchema,
    /** The team to join: its registration has to be open. */
    teamId: idSchema.optional(),
    /** Or an invite of the team. */
    inviteToken: textSchema({ min: 1, max: 100 }).optional(),
    displayName: nameSchema({ max: 100 }).optional(),
  })
  .refine(({ teamId, inviteToken }) => (teamId === undefined) !== (inviteToken === undefined), {
    path: ['teamId'],
    message: 'give either teamId or inviteToken',
  })
  .refine(({ email, password }) => !containsEmail(password, email), {
    path: ['password'],
    message: EMAIL_IN_PASSWORD,
  });

export const loginInput = z.object({
  email: emailSchema,
  password: textSchema({ max: 256 }),
  /** The team's slug or id; needed only where the email has accounts with this password in several teams. */
  team: nameSchema({ max: 100 }).optional(),
});

export const changePasswordInput = z.object({
  currentPassword: textSchema({ max: 256 }),
  newPassword: newPasswordSchema,
});

export const listSessionsInput = pageInput.prefault({});

export const sessionOutput = z.object({
  /** Names the session; nobody can log in with it. */
  id: z.string(),
  userAgent: z.string().nullable(),
  createdAt: z.string(),
  expiresAt: z.string(),
  /** Whether it is the one of this request. */
  isCurrent: z.boolean(),
});

export type SessionOutput = z.output<typeof sessionOutput>;

export const listSessionsOutput = pageOutput(sessionOutput);

export const sessionIdInput = z.object({
  id: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be the id of a session')
    .meta({ examples: ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'] }),
});
export const sessionIdOutput = z.object({ id: z.string() });

export const accountOutput = z
  .object({
    user: z.object({ id: z.string(), email: z.string(), displayName: z.string(), role: roleSchema }),
    team: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
  })
  .meta({ id: 'Account' });

export type Account = z.infer<typeof accountOutput>;

export const okOutput = z.object({ ok: z.literal(true) });
