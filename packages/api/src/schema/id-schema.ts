import { z } from 'zod';

/** A UUID of any version, in lower case as Postgres writes it. */
export const idSchema = z.guid('must be a UUID').toLowerCase();

/** The input of a procedure that acts on one thing. */
export const idInput = z.object({ id: idSchema });

/** The output of a deletion. */
export const idOutput = z.object({ id: z.string() });
