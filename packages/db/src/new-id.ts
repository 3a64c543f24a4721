import { v7 } from 'uuid';

/** A new UUID of version 7 (RFC 9562): unique without a round trip, and in order of time, so that indexes grow at one end. */
export function newId(): string {
  return v7();
}

/** The first id that could be made at this time (milliseconds since 1970): ids of a span of time lie between two of these. */
export function firstIdOf(timeMs: number): string {
  const hex = Math.max(0, Math.floor(timeMs)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
