// Days and times as text. ISO 8601 has years that Postgres does not, or writes otherwise: 0000, and those after 9999.
import { z } from 'zod';

/** A day in UTC: `2026-11-23`. */
export const daySchema = z.iso
  .date()
  .refine((day) => day >= '1970-01-01' && day < '9999-01-01', 'must be between 1970 and 9998');

/** A time in UTC, as Parley writes it. */
export const timeSchema = z.iso.datetime().refine((time) => time >= '0001', 'must be after the year 0');
