import { describe, expect, it } from 'vitest';
import { done, read, sse } from './bodies.ts';

describe('the AI SDK', () => {
  const text = (id: string, ...deltas: string[]) => [
    { type: 'text-start', id },
    ...deltas.map((delta) => ({ type: 'text-delta', id, delta })),
    { type: 'text-end', id },
  ];
  const start = [{ type: 'start', messageId: 'm' }, { type: 'start-step' }];

  it('each text part is a block, tools are a status, and results and reasoning are not shown', () => {
    const answer = read(
      sse(
        ...start,
        { type: 'reasoning-start', id: 'r' },
        { type: 'reasoning-delta', id: 'r', delta: 'no' },
        ...text('1', 'Let me', ' see.'),
        { type: 'tool-input-start', toolCallId: 'c', toolName: 'weather' },
        { type: 'tool-input-available', toolCallId: 'c', toolName: 'weather', input: { text: 'no' } },
        { type: 'tool-output-available', toolCallId: 'c', output: { content: 'no' } },
        { type: 'finish-step' },
        { type: 'start-step' },
        { type: 'data-notice', data: { message: 'no' } },
        { type: 'source-url', sourceId: 's', url: 'https://example.com', title: 'no' },
        ...text('2', 'It', ' rains.'),
        { type: 'finish-step' },
        { type: 'finish', finishReason: 'stop' },
      ) + done,
    );
    expect(answer).toMatchObject({
      text: 'Let me see.\n\nIt rains.',
      outcome: 'succeeded',
      statuses: ['weather'],
    });
  });

  it('reset-step withdraws the text of the step', () => {
    const answer = read(
      sse(
        ...start,
        ...text('1', 'One.'),
        { type: 'start-step' },
        ...text('2', 'Wr'),
        { type: 'reset-step' },
        ...text('3', 'Two.'),
      ),
    );
    expect(answer.text).toBe('One.\n\nTwo.');
  });

  it('a text part is a new paragraph unless white space is there', () => {
    expect(read(sse(...text('1', 'One. '), ...text('2', 'Two.'))).text).toBe('One. Two.');
    expect(read(sse(...text('1', 'One.'), ...text('2', '\nTwo.'))).text).toBe('One.\nTwo.');
  });

  it.each([
    [{ type: 'error', errorText: 'boom' }, 'boom'],
    [{ type: 'abort', reason: 'x' }, 'aborted'],
  ])('the failure %j of an AI SDK stream is quoted, and the text is kept', (failure, hint) => {
    const answer = read(sse(...start, ...text('1', 'Hi'), failure) + done);
    expect(answer).toMatchObject({ text: 'Hi', reason: 'AGENT_ERROR' });
    expect(answer.error?.hint).toContain(hint);
  });
});
