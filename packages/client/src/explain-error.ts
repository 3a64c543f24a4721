import { getErrorReason } from './get-error-reason.ts';

/** A message for the user: the server's own message, if the server answered. */
export function explainError(error: unknown): string {
  const details = getErrorReason(error);
  if (details === undefined) return 'Parley is unreachable. Check your connection and try again.';
  const [field] = Object.entries(details.fieldErrors ?? {});
  if (details.reason === 'INVALID_INPUT' && field !== undefined) return sentence(field[1].join(', '));
  return error instanceof Error ? error.message : 'Something went wrong. Try again.';
}

/** The server's messages about the fields of a form, by field name. */
export function fieldErrorsOf(error: unknown): Record<string, string> {
  const { fieldErrors = {} } = getErrorReason(error) ?? {};
  return Object.fromEntries(
    Object.entries(fieldErrors).map(([field, messages]) => [field, sentence(messages.join(', '))]),
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
