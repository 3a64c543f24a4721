import { describe, expect, it } from 'vitest';
import { parseInPieces, parseText } from '../collect-answer.ts';
import { lines, read } from './bodies.ts';

describe('JSON lines', () => {
  const ndjson = 'application/x-ndjson';
  const chat = (content: string, isDone = false) => ({
    model: 'm',
    message: { role: 'assistant', content },
    done: isDone,
  });

  it.each([
    [
      'of Ollama’s chat',
      lines(
        chat('Hi'),
        { ...chat(''), message: { role: 'assistant', content: '', thinking: 'no' } },
        chat(' there'),
        { ...chat('', true), done_reason: 'stop' },
      ),
    ],
    [
      'of Ollama’s generate',
      lines(
        { response: 'Hi', done: false },
        { response: ' there', done: false },
        { response: '', done: true, context: [1] },
      ),
    ],
    ['of deltas', lines({ content: 'Hi' }, { content: ' there' })],
    ['with CR LF, blank lines and no end', '{"text":"Hi"}\r\n\r\n{"text":" there"}'],
    [
      'with lines that have no text',
      lines({ id: 1 }, { content: 'Hi' }, { usage: {} }, { content: ' there' }),
    ],
  ])('JSON lines %s have the text of their values', (_, body) => {
    expect(read(body, ndjson)).toMatchObject({ text: 'Hi there', outcome: 'succeeded' });
  });

  it('Ollama’s first line is shown before the second one arrives', () => {
    const { events } = parseInPieces([
      Buffer.from(lines(chat('Hi'))),
      Buffer.from(lines(chat(' there'), chat('', true))),
    ]);
    expect(events).toEqual([
      { type: 'text', content: 'Hi' },
      { type: 'text', content: ' there' },
    ]);
  });

  it.each([
    [lines(chat('Hi'), { error: 'boom' }), 'Hi', 'AGENT_ERROR'],
    [lines({ error: 'boom' }, { x: 1 }), '', 'AGENT_ERROR'],
    [lines({ secret: 's3cret' }, { secret: 's3cret' }), '', 'AGENT_MISCONFIGURED'],
    [`${lines({ content: 'Hi' }, { content: ' you' })}{"content":"s3cret`, 'Hi you', 'AGENT_PROTOCOL_ERROR'],
    [`${lines({ content: 'Hi' }, { content: ' you' })}s3cret\n`, 'Hi you', 'AGENT_PROTOCOL_ERROR'],
  ])('JSON lines that are not an answer fail: %j', (body, text, reason) => {
    const answer = read(body, ndjson);
    expect(answer).toMatchObject({ text, reason });
    expect(answer.error?.hint).not.toContain('s3cret');
  });

  it('one JSON value over several lines is read as one value', () => {
    expect(parseText('{\n"output": "Hi"\n}\n').text).toBe('Hi');
    expect(parseText('{"output": "Hi"}\n\n').text).toBe('Hi');
  });
});
