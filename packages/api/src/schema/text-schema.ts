import { z } from 'zod';

/**
 * Text that Postgres can hold and give back unchanged: no NUL (which it refuses), no half surrogate pairs (which UTF-8
 * cannot carry). `min` and `max` count code points: an emoji is one character, or a few.
 */
export function textSchema({ min = 0, max }: { min?: number; max: number }) {
  return z
    .string()
    .min(min, min === 1 ? 'must not be empty' : `must have at least ${min} characters`)
    .max(max, `must have at most ${max} characters`)
    .refine((text) => !text.includes('\0'), 'must not contain NUL characters')
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');
}

/** Whether Postgres can hold a JSON value and give it back unchanged: what `textSchema` asks of one text, of all in it. */
export function isStorableJson(value: z.core.util.JSONType): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, inner]) => isStorableJson(key) && isStorableJson(inner));
}

/** Whether a value has at most so many levels of arrays and objects. */
export function isNestedAtMost(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isNestedAtMost(inner, levels - 1));
}

/** As `textSchema`, for names: without white space around it. */
export function nameSchema({ max }: { max: number }) {
  return textSchema({ max })
    .trim()
    .refine((name) => name !== '', 'must not be empty');
}
