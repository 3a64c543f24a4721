import { expect, test } from 'vitest';
import { createAnswerPrinter } from '../src/remote/answer-printer.ts';

type Step = string | { reset: string } | typeof END;
const END = Symbol('the terminal event');
const SEPARATION = '\n\n--- The answer begins anew: ---\n\n';

function printed(...steps: Step[]): string {
  let output = '';
  const printer = createAnswerPrinter({ write: (text) => (output += text), note: () => {} });
  for (const step of steps) {
    if (step === END) printer.print({ type: 'done', data: { message: 'Stream completed', messageId: 'm' } });
    else if (typeof step === 'string') printer.print({ type: 'message', data: { content: step } });
    else printer.print({ type: 'message', data: { content: step.reset, reset: true } });
  }
  return output;
}

test.each<[string, Step[], string]>([
  ['ends with one newline', ['One', ' two', END], 'One two\n'],
  ['ends with the newline of the answer, if it has one', ['One\n', END], 'One\n'],
  ['is nothing for an empty answer', [END], ''],
  [
    'goes on after a reset with the same text',
    ['One', { reset: 'One two' }, ' three', END],
    'One two three\n',
  ],
  [
    'goes on where a replay of the events passes it',
    ['One', { reset: '' }, 'O', 'ne', ' two', END],
    'One two\n',
  ],
  ['goes on in the middle of an event of the replay', ['One', { reset: '' }, 'One two', END], 'One two\n'],
  ['does not repeat a reset with nothing new', ['One', { reset: 'One' }, END], 'One\n'],
  ['begins anew with another text', ['One', { reset: 'Two' }, '!', END], `One${SEPARATION}Two!\n`],
  [
    'begins anew where the replay turns out different',
    ['One', { reset: '' }, 'On', 'ly', END],
    `One${SEPARATION}Only\n`,
  ],
  [
    'begins anew where the answer has become shorter',
    ['One two', { reset: 'One' }, END],
    `One two${SEPARATION}One\n`,
  ],
  ['needs no separation before the first text', [{ reset: '' }, 'One', END], 'One\n'],
  ['keeps what was printed of an answer that is gone', ['One', { reset: '' }, END], 'One\n'],
])('what is printed %s', (_title, steps, expected) => {
  expect(printed(...steps)).toBe(expected);
});
