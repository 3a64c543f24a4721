import { describe, expect, it } from 'vitest';
import { parseText } from '../collect-answer.ts';
import { lines, named, read, sse } from './bodies.ts';

describe('failures of other protocols', () => {
  const a2a = (result: unknown) => ({ jsonrpc: '2.0', id: '1', result });
  const mastra = (type: string, payload: unknown) => ({ type, runId: 'r', from: 'AGENT', payload });

  it.each([
    ['AG-UI', sse({ type: 'TEXT_MESSAGE_CHUNK', delta: 'Hi' }, { type: 'RUN_ERROR', message: 'boom' })],
    [
      'LangGraph',
      named(
        ['messages', [{ type: 'AIMessageChunk', content: 'Hi' }, {}]],
        ['error', { error: 'X', message: 'boom' }],
      ),
    ],
    [
      'A2A',
      sse(
        a2a({
          kind: 'artifact-update',
          artifact: { artifactId: 'a', parts: [{ kind: 'text', text: 'Hi' }] },
        }),
        a2a({
          kind: 'status-update',
          status: { state: 'failed', message: { parts: [{ kind: 'text', text: 'boom' }] } },
        }),
      ),
    ],
    [
      'JSON-RPC',
      sse(a2a({ kind: 'message', messageId: 'm', parts: [{ text: 'Hi' }] }), {
        jsonrpc: '2.0',
        error: { code: -32000, message: 'boom' },
      }),
    ],
    ['Mastra', sse(mastra('text-delta', { text: 'Hi' }), mastra('error', { error: { message: 'boom' } }))],
    [
      'Langflow',
      lines({ event: 'token', data: { chunk: 'Hi' } }, { event: 'error', data: { text: 'boom' } }),
    ],
    [
      'Gemini',
      sse(
        { candidates: [{ content: { parts: [{ text: 'Hi' }] } }] },
        { error: { code: 500, message: 'boom' } },
      ),
    ],
  ])('a failure of %s is quoted, and the text is kept', (_, body) => {
    const answer = read(body);
    expect(answer).toMatchObject({ text: 'Hi', reason: 'AGENT_ERROR' });
    expect(answer.error?.hint).toContain('boom');
  });

  it.each([
    [
      'A2A',
      JSON.stringify(
        a2a({
          kind: 'task',
          status: { state: 'completed' },
          artifacts: [{ artifactId: 'a', parts: [{ kind: 'text', text: 'Hi' }] }],
        }),
      ),
    ],
    ['A2A 1.0', JSON.stringify(a2a({ message: { messageId: 'm', parts: [{ text: 'Hi' }] } }))],
    [
      'Langflow',
      JSON.stringify({
        session_id: '1',
        outputs: [{ inputs: {}, outputs: [{ results: { message: { text: 'Hi' } } }] }],
      }),
    ],
    [
      'Gemini, as an array of chunks',
      JSON.stringify(['H', 'i'].map((text) => ({ candidates: [{ content: { parts: [{ text }] } }] }))),
    ],
    ['n8n’s Gemini node', '[{"content":{"parts":[{"text":"Hi"}],"role":"model"},"finishReason":"STOP"}]'],
  ])('the JSON answer of %s is read', (_, body) => {
    expect(parseText(body, 'application/json')).toMatchObject({ text: 'Hi', outcome: 'succeeded' });
  });

  it('the question of an A2A task that needs input is the answer', () => {
    const message = { messageId: 'm', parts: [{ kind: 'text', text: 'Which one?' }] };
    expect(
      read(sse(a2a({ kind: 'status-update', status: { state: 'input-required', message }, final: true })))
        .text,
    ).toBe('Which one?');
  });

  it.each([
    sse([{ secret: 's3cret' }]),
    named(['messages/unknown', [{ secret: 's3cret' }]]),
    sse({ type: 'SOMETHING_ELSE', secret: 's3cret' }),
    lines({ event: 'unknown', secret: 's3cret' }, { event: 'unknown', secret: 's3cret' }),
  ])('JSON that is not understood is never shown: %j', (body) => {
    expect(parseText(body)).toMatchObject({ text: '', reason: 'AGENT_MISCONFIGURED' });
  });
});
