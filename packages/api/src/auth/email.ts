// The canonical form of an email, in which it is stored, is unique and logs in.
import { domainToASCII } from 'node:url';

/** As in zod, with letters of any script in the local part, and top-level domains in ASCII form. */
export const emailPattern =
  /^(?!.*\p{Default_Ignorable_Code_Point})(?:[\p{L}\p{M}\p{N}_'+-]+\.)*[\p{L}\p{M}\p{N}_'+-]*[\p{L}\p{M}\p{N}_+-]@(?:[a-z0-9][a-z0-9-]*\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+)$/u;

/** Longer texts are no emails, and not worth the work. */
const MAX_CHARS = 254;
const nonAsciiDomain = /^(?=.*[^\0-\x7f])[\p{L}\p{M}\p{N}.\u3002\uff0e\uff61-]+$/u;

/**
 * In lower case and NFC, with an internationalized domain in its ASCII form (`xn--...`). Returns other texts in lower case. Earlier
 * versions accepted ASCII alone, whose canonical form is its lower case.
 */
export function canonicalEmail(email: string): string {
  const lower = email.toLowerCase().normalize('NFC');
  const at = lower.lastIndexOf('@') + 1;
  const domain = lower.slice(at);
  if (lower.length > MAX_CHARS || !nonAsciiDomain.test(domain)) return lower;
  return lower.slice(0, at) + domainToASCII(domain);
}
