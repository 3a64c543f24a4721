import { describe, expect, it } from 'vitest';
import { parseText } from '../collect-answer.ts';
import { read } from './bodies.ts';

describe('Flowise', () => {
  const flowise = (...events: [string, unknown][]) =>
    events.map(([event, data]) => `message:\ndata:${JSON.stringify({ event, data })}\n\n`).join('');

  it('Flowise’s tokens are read once, although its start event repeats the first one', () => {
    const answer = read(
      flowise(
        ['start', 'Hi'],
        ['nextAgent', 'Writer'],
        ['token', 'Hi'],
        ['usedTools', [{ tool: 'x', toolOutput: 'no' }]],
        ['token', ' there'],
        ['sourceDocuments', [{ pageContent: 'no' }]],
        ['metadata', { chatId: '1', text: 'no' }],
        ['end', '[DONE]'],
      ),
    );
    expect(answer).toMatchObject({ text: 'Hi there', outcome: 'succeeded', statuses: ['Writer'] });
  });

  it.each([
    ['error', 'boom', 'boom'],
    ['abort', '[DONE]', 'aborted'],
  ])('the %s event of Flowise fails the answer, and the text is kept', (event, data, hint) => {
    const answer = read(flowise(['token', 'Hi'], [event, data]));
    expect(answer).toMatchObject({ text: 'Hi', reason: 'AGENT_ERROR' });
    expect(answer.error?.hint).toContain(hint);
  });

  it('a text that starts like a line of Flowise is text, however the network splits it', () => {
    expect(read('message:hello')).toMatchObject({ text: 'message:hello', outcome: 'succeeded' });
  });

  it('the JSON answer of Flowise is read', () => {
    const body = '{"text":"Hi","question":"no","chatId":"1","chatMessageId":"2"}';
    expect(parseText(body, 'application/json').text).toBe('Hi');
  });
});
