import { getErrorReason } from '@parley/client';

/** What to tell a person of a failure: the server's own words where it has spoken. */
export function explainError(error: unknown): string {
  const details = getErrorReason(error);
  if (details === undefined) return 'Parley cannot be reached. Check your connection, then try again.';
  const [field] = Object.entries(details.fieldErrors ?? {});
  if (details.reason === 'INVALID_INPUT' && field !== undefined) return sentence(field[1].join(', '));
  return error instanceof Error ? error.message : 'Something went wrong.';
}

/** What is wrong with each field of a form; empty where the server said nothing of fields. */
export function fieldErrorsOf(error: unknown): Record<string, string> {
  const { fieldErrors = {} } = getErrorReason(error) ?? {};
  return Object.fromEntries(
    Object.entries(fieldErrors).map(([field, messages]) => [field, sentence(messages.join(', '))]),
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
