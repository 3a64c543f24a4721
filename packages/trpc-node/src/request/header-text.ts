import type { NodeRequest } from '../node-http.ts';

/** A header as Web's Headers gives it: repeated ones joined; null where there is none. */
export function headerText({ headers }: NodeRequest, name: string): string | null {
  const value = headers[name];
  if (value === undefined) return null;
  return Array.isArray(value) ? value.join(', ') : value;
}
