import { describe, expect, test } from 'vitest';
import { isDatabaseUnavailable } from '../src/is-database-unavailable.ts';

const withCode = (code: string): Error => Object.assign(new Error('it failed'), { code });

describe('an unavailable database', () => {
  test.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ETIMEDOUT',
    '57P01',
    '57P03',
    '53300',
    '53100',
    '08006',
    '25006',
    // A statement that the server canceled at its time limit.
    '57014',
  ])('an unavailable database is recognized by the code %s', (code) => {
    expect(isDatabaseUnavailable(withCode(code))).toBe(true);
  });

  test.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
  ])('an unavailable database is recognized by pg’s message: %s', (message) => {
    expect(isDatabaseUnavailable(new Error(message))).toBe(true);
  });

  test('an unavailable database is recognized by the cause of an error, and by one of several errors', () => {
    expect(isDatabaseUnavailable(new Error('the query failed', { cause: withCode('57P01') }))).toBe(true);
    expect(isDatabaseUnavailable(new AggregateError([withCode('ECONNREFUSED')], ''))).toBe(true);
  });
});

describe('any other failure', () => {
  test.each(['23505', '22P05', '42P01', '40P01', 'ERR_INVALID_ARG_TYPE', '0', '08', '53'])(
    'another failure is not taken for an unavailable database: %s',
    (code) => {
      expect(isDatabaseUnavailable(withCode(code))).toBe(false);
    },
  );

  test.each([undefined, null, 'ECONNREFUSED', { code: 'ECONNREFUSED' }, new Error('Connection: close')])(
    'another failure is not taken for an unavailable database: %j',
    (error) => {
      expect(isDatabaseUnavailable(error)).toBe(false);
    },
  );
});
