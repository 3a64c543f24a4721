import { z } from 'zod';
import { pageInput, pageOutput } from '../schema/page-schema.ts';
import { idSchema, nameSchema } from '../schema/text-schema.ts';

export const createApiKeyInput = z.object({
  /** What the key is for. */
  name: nameSchema({ max: 100 }),
  /** Null, or left out: until it is revoked. */
  expiresAt: z.iso
    .datetime({ offset: true })
    .refine((time) => Date.parse(time) > Date.now(), 'must be in the future')
    .nullish(),
});

export const apiKeyIdInput = z.object({ id: idSchema });

export const apiKeyOutput = z
  .object({
    id: z.string(),
    name: z.string(),
    expiresAt: z.string().nullable(),
    /** To the minute. */
    lastUsedAt: z.string().nullable(),
    revokedAt: z.string().nullable(),
    createdAt: z.string(),
  })
  .meta({ id: 'ApiKey' });

/** `key` is shown here, and never again. */
export const createdApiKeyOutput = apiKeyOutput.extend({ key: z.string() });

export const listApiKeysInput = pageInput.prefault({});
export const listApiKeysOutput = pageOutput(apiKeyOutput);
