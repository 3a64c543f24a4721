import { z } from 'zod';
import { idSchema, nameSchema, textSchema } from '../text-schema.ts';

export const roleSchema = z.enum(['user', 'admin']);

export const emailSchema = textSchema({ max: 254 })
  .trim()
  .toLowerCase()
  .pipe(z.email('must be an email address'));

export const newPasswordSchema = textSchema({ min: 10, max: 256 });

export const registerInput = z.object({
  email: emailSchema,
  password: newPasswordSchema,
  /** The team to join: its registration has to be open. */
  teamId: idSchema,
  displayName: nameSchema({ max: 100 }).optional(),
});

export const loginInput = z.object({
  email: emailSchema,
  password: textSchema({ max: 256 }),
  /** The team's slug or id; needed only where the email has accounts with this password in several teams. */
  team: nameSchema({ max: 100 }).optional(),
});

export const accountOutput = z.object({
  user: z.object({ id: z.string(), email: z.string(), displayName: z.string(), role: roleSchema }),
  team: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
});

export type Account = z.infer<typeof accountOutput>;

export const okOutput = z.object({ ok: z.literal(true) });
