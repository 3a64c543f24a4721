import type { RouterInputs } from '@parley/client';

type Config = NonNullable<RouterInputs['agent']['create']['config']>;

/** Reads what was typed as an agent's config: a JSON object. Nothing is an empty one. */
export function readConfig(
  text: string,
): { value: Config; problem?: never } | { value?: never; problem: string } {
  if (text.trim() === '') return { value: {} };
  try {
    const value: unknown = JSON.parse(text);
    return isConfig(value) ? { value } : { problem: 'This must be a JSON object: { … }.' };
  } catch (error) {
    return { problem: `This is not JSON: ${error instanceof Error ? error.message : ''}` };
  }
}

/** What JSON.parse gives holds nothing but JSON. */
function isConfig(value: unknown): value is Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
