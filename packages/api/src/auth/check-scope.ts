import { keyScopes, type KeyScope } from '@parley/db';
import { DomainError, sessionRequired } from '../errors.ts';
import type { Credential } from './credential.ts';

/** Whether a key with the scope `held` may do what requires the scope `required`. */
export function includesScope(held: KeyScope, required: KeyScope): boolean {
  return keyScopes.indexOf(held) >= keyScopes.indexOf(required);
}

/**
 * Checks that a credential may call a procedure.
 * @param required the scope that a key needs; undefined: no key may call it
 * @throws DomainError SESSION_REQUIRED, INSUFFICIENT_SCOPE
 */
export function checkScope(credential: Credential, required: KeyScope | undefined): void {
  if (credential.type === 'session') return;
  if (required === undefined) throw sessionRequired();
  if (includesScope(credential.scope, required)) return;
  throw new DomainError(
    'INSUFFICIENT_SCOPE',
    `This API key has the scope ${credential.scope}, and this requires ${required}. Create a key with that scope.`,
    { requiredScope: required },
  );
}
