// Makes both drivers return the same values for the same columns. By default both return Dates, and pg returns count(*)
// as a string, PGlite as a number.

/** Object ids of Postgres' built-in types (`select oid, typname from pg_type`). */
export const oid = { bytea: 17, int8: 20, date: 1082, timestamptz: 1184 } as const;

type Parser = (text: string) => unknown;

export const columnParsers: Record<number, Parser> = {
  // Replaces PGlite's parser for the same reason as serializeBytea: it takes 40 ms for an avatar of 1 MB.
  [oid.bytea]: (text) => Buffer.from(text.slice(2), 'hex'),
  // Counts, sums and times in milliseconds, exact up to 2^53.
  [oid.int8]: Number,
  // A day has no time zone; a Date would shift it by the zone of this machine.
  [oid.date]: (text) => text,
  [oid.timestamptz]: parseTimestamptz,
};

/** For PGlite. pg serializes bytea the same way by default. */
export function serializeBytea(value: unknown): string {
  if (!(value instanceof Uint8Array)) throw new TypeError('A bytea column takes a Uint8Array');
  return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
}

/**
 * `2026-11-23 05:00:00.1+00` to `2026-11-23T05:00:00.100Z`. Digits past the millisecond are cut off, as in a Date.
 * @throws Error for a value that JavaScript cannot hold (`infinity`), and for a DateStyle other than ISO, which would
 * be misread
 */
export function parseTimestamptz(text: string): string {
  const [, date, time, zone] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-][\d:]+)$/.exec(text) ?? [];
  if (date === undefined || time === undefined || zone === undefined) {
    throw new Error(
      `Expected a timestamp in ISO style, as in 2026-11-23 05:00:00+00, but the database sent: ${text}`,
    );
  }
  // The usual case, because both drivers use UTC sessions. A Date costs three times as much.
  if (zone === '+00')
    return `${date}T${(time.length === 8 ? `${time}.` : time).padEnd(12, '0').slice(0, 12)}Z`;
  return new Date(`${date}T${time}${zone.length === 3 ? `${zone}:00` : zone}`).toISOString();
}
