/**
 * Whether a password is mostly the email: it contains the address, or the name before the @ is at least half of it. A
 * short name may occur by chance, such as `pass` in `SecurePass123`.
 */
export function containsEmail(password: string, email: string): boolean {
  const text = password.normalize('NFKC').toLowerCase();
  const address = email.toLowerCase();
  const name = address.slice(0, address.indexOf('@'));
  return text.includes(address) || (text.includes(name) && name.length * 2 >= text.length);
}
