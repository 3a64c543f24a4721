// Days and times as text, in the range that Postgres has and formats alike: ISO 8601 also has year 0 and years past 9999.
import { z } from 'zod';

/** A day in UTC: `2026-11-23`. */
export const daySchema = z.iso
  .date()
  .refine((day) => day >= '1970-01-01' && day < '9999-01-01', 'must be between 1970 and 9998');

/** A time in UTC, in the format of Parley's outputs. */
export const timeSchema = z.iso.datetime().refine((time) => time >= '0001', 'must be after the year 0');
