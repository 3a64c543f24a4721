import type { RouterInputs } from '@parley/client';

type Config = NonNullable<RouterInputs['agent']['create']['config']>;

/** Parses the config of an agent, which is a JSON object. An empty text is an empty object. */
export function readConfig(
  text: string,
): { value: Config; problem?: never } | { value?: never; problem: string } {
  if (text.trim() === '') return { value: {} };
  try {
    const value: unknown = JSON.parse(text);
    return isConfig(value) ? { value } : { problem: 'Enter a JSON object: { … }.' };
  } catch (error) {
    return { problem: `Invalid JSON: ${error instanceof Error ? error.message : ''}` };
  }
}

/** Checks the outermost value only: JSON.parse returns nothing but JSON. */
function isConfig(value: unknown): value is Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
