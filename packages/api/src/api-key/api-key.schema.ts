import { keyScopes } from '@parley/db';
import { z } from 'zod';

/** Each scope includes the ones before. */
export const keyScopeSchema = z.enum(keyScopes);

export const apiKeyOutput = z
  .object({
    id: z.string(),
    name: z.string(),
    scope: keyScopeSchema,
    expiresAt: z.string().nullable(),
    /** Precise to the minute. */
    lastUsedAt: z.string().nullable(),
    revokedAt: z.string().nullable(),
    createdAt: z.string(),
  })
  .meta({ id: 'ApiKey' });
