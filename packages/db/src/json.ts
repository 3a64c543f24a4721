// The types of jsonb columns for reading and writing.
import type { ColumnType } from 'kysely';

/** Any JSON value. */
export type Json = boolean | number | string | null | Json[] | JsonObject;

export type JsonObject = { [key: string]: Json };

/**
 * Read as a value, written as text: pass `JSON.stringify(value)`. Drivers misread plain values: pg turns an array into
 * a Postgres array, and both drivers take a string for JSON text.
 */
export type JsonColumn = ColumnType<Json, string, string>;
