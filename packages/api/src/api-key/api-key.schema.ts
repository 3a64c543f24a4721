import { z } from 'zod';

export const apiKeyOutput = z
  .object({
    id: z.string(),
    name: z.string(),
    expiresAt: z.string().nullable(),
    /** Precise to the minute. */
    lastUsedAt: z.string().nullable(),
    revokedAt: z.string().nullable(),
    createdAt: z.string(),
  })
  .meta({ id: 'ApiKey' });
