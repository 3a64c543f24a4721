import { describe, expect, test } from 'vitest';
import { formatRunCursor, parseRunCursor } from '../src/run-cursor.ts';

const runId = '01a206f1-e217-7379-a7bc-eb0dacf86065';

describe('a run cursor', () => {
  test.each([0, 1, 999_999, 'saved', 'end'] as const)(
    'a run cursor survives formatting and parsing: %s',
    (seq) => {
      expect(parseRunCursor(formatRunCursor({ runId, seq }))).toEqual({ runId, seq });
    },
  );

  test.each([
    '',
    '5',
    runId,
    `${runId}:`,
    `${runId}:-1`,
    `${runId}:1.5`,
    `${runId}:99999999999`,
    `${runId}:1\n`,
    `${runId}:ended`,
    `x${runId}:1`,
  ])('that is malformed is none: %j', (text) => {
    expect(parseRunCursor(text)).toBeUndefined();
  });
});
