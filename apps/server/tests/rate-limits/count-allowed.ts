// Counts the calls that rate limits accept.
import { DomainError, type RateLimitName, type RateLimits } from '@parley/api';
import { expect } from 'vitest';

export async function isAllowed(
  rateLimits: RateLimits,
  key: string,
  name: RateLimitName = 'login',
): Promise<boolean> {
  try {
    await rateLimits.consume(name, key);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({ reason: 'RATE_LIMITED' });
    return false;
  }
}

/** Calls the instances in turn. */
export async function countAllowed(instances: RateLimits[], key: string, times: number): Promise<number> {
  let allowed = 0;
  for (let index = 0; index < times; index += 1) {
    const instance = instances[index % instances.length];
    if (instance !== undefined && (await isAllowed(instance, key))) allowed += 1;
  }
  return allowed;
}
