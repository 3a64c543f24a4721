import { v7 } from 'uuid';

/**
 * A new UUID of version 7 (RFC 9562). It is unique without a round trip and sorts by time, so indexes grow at one end.
 */
export function newId(): string {
  return v7();
}

/** The smallest id of a time (milliseconds since 1970). The ids of a period lie between two such ids. */
export function firstIdOf(timeMs: number): string {
  const hex = Math.max(0, Math.floor(timeMs)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
