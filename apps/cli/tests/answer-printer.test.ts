import { expect, test } from 'vitest';
import { createAnswerPrinter } from '../src/remote/answer-printer.ts';

type Step = string | { reset: string } | typeof END;
const END = Symbol('the terminal event');
const SEPARATION = '\n\n--- The answer starts again: ---\n\n';

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
  ["ends with the answer's own newline, if it has one", ['One\n', END], 'One\n'],
  ['is nothing for an empty answer', [END], ''],
  [
    'continues after a reset with the same text',
    ['One', { reset: 'One two' }, ' three', END],
    'One two three\n',
  ],
  [
    'continues when a replay of the events has caught up',
    ['One', { reset: '' }, 'O', 'ne', ' two', END],
    'One two\n',
  ],
  ['continues in the middle of a replayed event', ['One', { reset: '' }, 'One two', END], 'One two\n'],
  ['does not repeat a reset without new text', ['One', { reset: 'One' }, END], 'One\n'],
  [
    'starts again after a reset with another text',
    ['One', { reset: 'Two' }, '!', END],
    `One${SEPARATION}Two!\n`,
  ],
  ['starts again when the replay differs', ['One', { reset: '' }, 'On', 'ly', END], `One${SEPARATION}Only\n`],
  [
    'starts again when the replayed answer is shorter',
    ['One two', { reset: 'One' }, END],
    `One two${SEPARATION}One\n`,
  ],
  ['has no separator before the first text', [{ reset: '' }, 'One', END], 'One\n'],
  ['keeps the printed text when the replay is empty', ['One', { reset: '' }, END], 'One\n'],
])('the printed answer %s', (_title, steps, expected) => {
  expect(printed(...steps)).toBe(expected);
});
