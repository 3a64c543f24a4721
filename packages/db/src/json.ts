// The types of a jsonb column, on the way out and on the way in.
import type { ColumnType } from 'kysely';

/** Any value that JSON can hold. */
export type Json = boolean | number | string | null | Json[] | JsonObject;

export type JsonObject = { [key: string]: Json };

/**
 * Read as a value, written as text: `JSON.stringify` it. A driver given the value itself guesses: pg turns an array
 * into a Postgres array, and both drivers take a string for JSON text, so some values would fail and others be lost.
 */
export type JsonColumn = ColumnType<Json, string, string>;
