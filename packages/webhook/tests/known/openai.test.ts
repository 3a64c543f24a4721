import { describe, expect, it } from 'vitest';
import { parseText } from '../collect-answer.ts';
import { done, read, sse, typed } from './bodies.ts';

describe('OpenAI', () => {
  const chunk = (delta: unknown, finish: string | null = null, index = 0) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    choices: [{ index, delta, finish_reason: finish }],
  });

  it('chat completions are read without reasoning, tool calls and other choices', () => {
    const body = sse(
      chunk({ role: 'assistant', content: '' }),
      chunk({ reasoning_content: 'hm' }),
      chunk({ content: 'Hi' }),
      chunk({ content: 'no' }, null, 1),
      chunk({ tool_calls: [{ index: 0, function: { name: 'f', arguments: '{"content":"no"}' } }] }),
      chunk({ content: ' there' }),
      chunk({}, 'stop'),
      { object: 'chat.completion.chunk', choices: [], usage: { total_tokens: 3 } },
    );
    expect(read(body + done)).toMatchObject({ text: 'Hi there', outcome: 'succeeded' });
  });

  it('an error during a stream of chat completions is quoted, and the text is kept', () => {
    const failure = { error: { message: 'overloaded', type: 'server_error', code: null } };
    const answer = read(sse(chunk({ content: 'Hi' }), failure));
    expect(answer).toMatchObject({ text: 'Hi', reason: 'AGENT_ERROR' });
    expect(answer.error?.hint).toContain('overloaded');
  });

  const item = { id: 'msg_1', type: 'message', role: 'assistant', content: [] };
  const output = [
    { id: 'rs_1', type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'no' }] },
    { id: 'fc_1', type: 'function_call', name: 'f', arguments: '{}', output: 'no' },
    { ...item, content: [{ type: 'output_text', text: 'Hi there', annotations: [] }] },
  ];
  const response = { id: 'resp_1', object: 'response', status: 'completed', error: null, output };

  it('streamed responses are read once, although they repeat each part at its end', () => {
    const body = typed(
      { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
      { type: 'response.output_item.added', output_index: 0, item: output[0] },
      { type: 'response.reasoning_summary_text.delta', delta: 'no' },
      { type: 'response.output_item.added', output_index: 1, item },
      { type: 'response.content_part.added', part: { type: 'output_text', text: '' } },
      { type: 'response.output_text.delta', delta: 'Hi' },
      { type: 'response.output_text.delta', delta: ' there' },
      { type: 'response.output_text.done', text: 'Hi there' },
      { type: 'response.content_part.done', part: { type: 'output_text', text: 'Hi there' } },
      { type: 'response.output_item.done', item: output[2] },
      { type: 'response.completed', response },
    );
    expect(read(body)).toMatchObject({ text: 'Hi there', outcome: 'succeeded' });
  });

  it('a whole response is read, streamed or not', () => {
    expect(parseText(JSON.stringify(response), 'application/json').text).toBe('Hi there');
    expect(read(typed({ type: 'response.completed', response })).text).toBe('Hi there');
  });

  it('the text of a refusal is the answer', () => {
    expect(read(typed({ type: 'response.refusal.delta', delta: 'I can’t.' })).text).toBe('I can’t.');
  });

  it.each([
    { type: 'response.failed', response: { ...response, output: [], error: { code: 'x', message: 'boom' } } },
    { type: 'error', code: 'x', message: 'boom', param: null },
  ])('a failed response is quoted, and the text is kept: $type', (failure) => {
    const answer = read(typed({ type: 'response.output_text.delta', delta: 'Hi' }, failure));
    expect(answer).toMatchObject({ text: 'Hi', reason: 'AGENT_ERROR' });
    expect(answer.error?.hint).toContain('boom');
  });
});
