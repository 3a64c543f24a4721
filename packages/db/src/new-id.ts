import { v7 } from 'uuid';

/** A new UUID of version 7 (RFC 9562): unique without a round trip, and in order of time, so that indexes grow at one end. */
export function newId(): string {
  return v7();
}
