import { DomainError } from '../src/errors.ts';

/** The stable reason that a call is refused with. */
export async function reasonOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return error instanceof DomainError ? error.reason : String(error);
  }
  return 'not refused';
}
