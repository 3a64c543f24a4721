import type { JsonValue } from '@parley/runs';
import { z } from 'zod';

/**
 * Text that Postgres stores and returns unchanged: no NUL, which Postgres rejects, and no unpaired surrogates, which UTF-8
 * cannot encode. `min` and `max` count code points, so an emoji is one character or a few.
 */
export function textSchema({ min = 0, max }: { min?: number; max: number }) {
  return (
    z
      .string()
      .min(min, min === 1 ? 'must not be empty' : `must have at least ${min} characters`)
      // Nothing else reads a longer text: later checks may take more than linear time.
      .max(max, { error: `must have at most ${max} characters`, abort: true })
      .refine((text) => !text.includes('\0'), 'must not contain NUL characters')
      .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')
  );
}

/** Whether Postgres stores a JSON value and returns it unchanged: all its texts fit `textSchema`. */
export function isStorableJson(value: JsonValue): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, inner]) => isStorableJson(key) && isStorableJson(inner));
}

/** Whether a key occurs that superjson refuses to serialize: the value could be saved, but no tRPC response could contain it. */
export function hasReservedKey(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => RESERVED_KEYS.has(key) || hasReservedKey(inner));
}

const RESERVED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether arrays and objects are nested at most `levels` deep. */
export function isNestedAtMost(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isNestedAtMost(inner, levels - 1));
}

/** A `textSchema` for names: trimmed and not empty. */
export function nameSchema({ max }: { max: number }) {
  return textSchema({ max })
    .trim()
    .refine((name) => name !== '', 'must not be empty');
}
