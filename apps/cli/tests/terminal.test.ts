import { WriteStream } from 'node:tty';
import { expect, test } from 'vitest';
import { createTerminal } from '../src/terminal.ts';

function terminalOn(isTTY: boolean): { terminal: ReturnType<typeof createTerminal>; screen: () => string } {
  let screen = '';
  const write = (text: string | Uint8Array): boolean => {
    screen += String(text);
    return true;
  };
  const stream = Object.assign(Object.create(WriteStream.prototype) as WriteStream, { isTTY, write });
  return { terminal: createTerminal({ stdout: stream, stderr: stream }), screen: () => screen };
}

const failure = (message: string) => ({ reason: 'FAILED', message });

test('in a terminal, a note starts on a new line', () => {
  const { terminal, screen } = terminalOn(true);
  terminal.write('Half');
  terminal.fail(failure('Why'));
  terminal.fail(failure('Again'));
  expect(screen()).toBe('Half\nparley: Why\nparley: Again\n');
});

test('outside a terminal, a note adds no line break', () => {
  const { terminal, screen } = terminalOn(false);
  terminal.write('Half');
  terminal.note('A note');
  expect(screen()).toBe('HalfA note\n');
});

test('control characters are removed in a terminal, and kept in a file', () => {
  const evil = 'a\u001b[2Jb\u0007c\u009bd\te\n';
  const onScreen = terminalOn(true);
  onScreen.terminal.write(evil);
  expect(onScreen.screen()).toBe('a[2Jbcd\te\n');
  const inFile = terminalOn(false);
  inFile.terminal.write(evil);
  expect(inFile.screen()).toBe(evil);
  inFile.terminal.fail(failure('two\nlines \u001b[1m'));
  expect(inFile.screen()).toBe(`${evil}parley: two lines [1m\n`);
});
