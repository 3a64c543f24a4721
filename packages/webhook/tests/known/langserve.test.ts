import { describe, expect, it } from 'vitest';
import { parseText } from '../collect-answer.ts';
import { named, read } from './bodies.ts';

describe('LangServe', () => {
  const metadata: [string, unknown] = ['metadata', { run_id: '1', text: 'no' }];

  it.each([
    ['strings', ['Hi', ' "there"\n', 'you']],
    [
      'messages',
      ['Hi', ' "there"\n', 'you'].map((content) => ({
        content,
        type: 'AIMessageChunk',
        additional_kwargs: {},
      })),
    ],
    ['parts', ['Hi', ' "there"\n', 'you'].map((text) => ({ content: [{ type: 'text', text, index: 0 }] }))],
    [
      'logs',
      ['Hi', ' "there"\n', 'you'].map((value) => ({
        ops: [
          { op: 'add', path: '/streamed_output/-', value },
          { op: 'replace', path: '/final_output', value: 'no' },
        ],
      })),
    ],
    [
      'events',
      ['Hi', ' "there"\n', 'you'].flatMap((content) => [
        { event: 'on_chat_model_stream', data: { chunk: { content } } },
        { event: 'on_parser_stream', data: { chunk: content } },
      ]),
    ],
  ])('a LangServe stream of %s is read', (_, data) => {
    const body = named(metadata, ...data.map((value): [string, unknown] => ['data', value]), ['end']);
    expect(read(body)).toMatchObject({ text: 'Hi "there"\nyou', outcome: 'succeeded' });
  });

  it('an error event of LangServe is quoted, and the text is kept', () => {
    const answer = read(named(metadata, ['data', 'Hi'], ['error', { status_code: 500, message: 'boom' }]));
    expect(answer).toMatchObject({ text: 'Hi', reason: 'AGENT_ERROR' });
    expect(answer.error?.hint).toContain('boom');
  });

  it('the JSON answer of LangServe is read', () => {
    const output = { content: 'Hi', type: 'ai' };
    expect(parseText(JSON.stringify({ output, metadata: { run_id: '1' } }), 'application/json').text).toBe(
      'Hi',
    );
  });
});
