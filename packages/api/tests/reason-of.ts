import { DomainError } from '../src/errors.ts';

/** The reason with which a call is refused. */
export async function reasonOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return error instanceof DomainError ? error.reason : String(error);
  }
  return 'not refused';
}
