import { expect, test } from 'vitest';
import { hasUnencodedPassword } from '../src/postgres-url.ts';

test.each([
  'postgres://user:p@ss/w:rd#@host:5432/db',
  'postgres://user:a/b@host/db',
  'postgres://user:a#b@host/db',
  'postgres://user:a?b@host/db?sslmode=require',
  'postgres://user:a@b?c@host/db',
  'postgres://user:12/34@host/db',
])('a password whose raw characters end the host is recognized in %s', (url) => {
  expect(hasUnencodedPassword(url)).toBe(true);
});

test.each([
  'postgres://user:password@host:5432/db',
  'postgres://user:p%40ss%2Fw%3Ard%23@host/db?sslmode=require',
  'postgres://user:p@ss:word@host/db',
  'postgres:///db?host=/var/run/postgresql',
  'postgres://host/db?user=me@tenant&password=x',
])('%s is parsed as it is meant', (url) => {
  expect(hasUnencodedPassword(url)).toBe(false);
});
