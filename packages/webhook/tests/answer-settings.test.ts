// An agent may name the field of its answer, and the nodes whose text is the answer.

import { describe, expect, it } from 'vitest';
import { call } from './call-raw-agent.ts';
import { parseWith, type ParseOptions } from './collect-answer.ts';
import { httpAnswer } from './raw-agent.ts';

const parse = (body: string, options: ParseOptions) => parseWith([Buffer.from(body)], null, options);
const frame = (type: string, nodeName: string, content?: string) =>
  `${JSON.stringify({ type, content, metadata: { nodeId: nodeName, nodeName } })}\n`;
const said = (nodeName: string, ...words: string[]) =>
  frame('begin', nodeName) +
  words.map((word) => frame('item', nodeName, word)).join('') +
  frame('end', nodeName);

describe('the answer field', () => {
  it.each([
    ['data.reply', '{"data":{"reply":"Hi"},"output":"no"}'],
    ['reply', '[{"json":{"reply":"Hi"}}]'],
    ['reply', '[{"reply":"Hi","text":"no"}]'],
    ['items[0].text', '{"items":[{"text":"Hi"},{"text":"no"}]}'],
    ['items.1', '{"items":["no","Hi"]}'],
    ['a b', '{"a b":"Hi"}'],
    ['data', '{"data":{"text":"Hi"}}'],
    ['reply', 'data: {"reply":"H"}\n\ndata: {"reply":"i"}\n\n'],
    ['reply', '{"reply":"H"}\n{"reply":"i"}\n'],
    ['reply', said('Respond', '{"reply":"Hi","output":"no"}')],
  ])('the text is at %s in %s', (answerField, body) => {
    expect(parse(body, { answerField })).toMatchObject({ text: 'Hi', outcome: 'succeeded' });
  });

  it('a list without an index stands for all of its items', () => {
    expect(parse('{"items":[{"text":"a"},{"text":"b"}]}', { answerField: 'items.text' }).text).toBe('a\n\nb');
  });

  it('an answer without the field fails, and the hint names its fields but not their values', () => {
    const { text, reason, error } = parse('{"result":"s3cret","id":7}', { answerField: 'data.reply' });
    expect({ text, reason }).toEqual({ text: '', reason: 'AGENT_MISCONFIGURED' });
    expect(error?.hint).toContain('"data.reply". It has: result, id.');
    expect(error?.hint).not.toContain('s3cret');
  });

  it('an answer of an unknown shape fails, and the hint names its fields', () => {
    expect(parse('{"category":"s3cret","score":1}', {}).error?.hint).toContain('It has: category, score.');
  });

  it('an error is an error, whatever the field is', () => {
    expect(parse('{"error":{"message":"boom"}}', { answerField: 'reply' }).reason).toBe('AGENT_ERROR');
  });

  it('a request carries both settings to the parser', async () => {
    const changes = { answerField: 'reply', answerNodes: ['Writer'] };
    const json = await call((socket) => void socket.end(httpAnswer('{"reply":"Hi"}')), {}, changes);
    expect(json.text).toBe('Hi');
    const body = said('Classifier', 'billing') + said('Writer', 'Hi');
    const stream = await call((socket) => void socket.end(httpAnswer(body)), {}, changes);
    expect(stream.text).toBe('Hi');
  });
});

describe('the answer nodes', () => {
  const answerNodes = ['Writer'];

  it('the text of other nodes is the output of a tool, and not text', () => {
    const body =
      said('Classifier', '{"category":', '"billing"}') +
      said('Researcher') +
      said('Writer', 'Your ', 'bill.');
    const { text, outcome, parts } = parse(body, { answerNodes });
    expect({ text, outcome }).toEqual({ text: 'Your bill.', outcome: 'succeeded' });
    expect(parts).toMatchObject([
      { type: 'tool', name: 'Classifier', state: 'output', output: '{"category":"billing"}' },
      { type: 'tool', name: 'Researcher', state: 'output' },
      { type: 'step', name: 'Writer' },
      { type: 'text', text: 'Your bill.' },
    ]);
  });

  it('an answer to which no such node has said anything fails, and the hint names those that have', () => {
    const { text, reason, error } = parse(said('Classifier', 'billing'), { answerNodes });
    expect({ text, reason }).toEqual({ text: '', reason: 'AGENT_MISCONFIGURED' });
    expect(error?.hint).toContain('Classifier');
  });
});

describe('the text that n8n’s Respond to Webhook node sends', () => {
  const contentSecurityPolicy = 'sandbox allow-downloads allow-forms';
  const read = (body: string, type = 'text/html; charset=utf-8') => {
    const whole = parseWith([Buffer.from(body)], type, { contentSecurityPolicy });
    const bytes = Array.from(Buffer.from(body), (byte) => Uint8Array.of(byte));
    const split = parseWith(bytes, type, { contentSecurityPolicy });
    expect([split.text, split.reason]).toEqual([whole.text, whole.reason]);
    return whole;
  };

  it.each([
    'null',
    '{"error": "..."}',
    'data: hello',
    'data: hello\n\ndata: you',
    '<!DOCTYPE html>\n<html><body>Hi</body></html>',
    '[{"name":"Ada"},{"name":"Bob"}]',
    '{"a":1}\n{"b":2}',
    '{"output": "cut',
    'n8n is starting up. Please wait',
    '[1] says so',
  ])('%j is what a model wrote', (body) => {
    expect(read(body)).toMatchObject({ text: body, outcome: 'succeeded' });
  });

  it('JSON with a known field is unwrapped, and the input of the workflow is never shown', () => {
    expect(read('{"output":"Hi"}').text).toBe('Hi');
    expect(read('{"headers":{"authorization":"s3cret"},"body":{}}')).toMatchObject({
      text: '',
      reason: 'AGENT_MISCONFIGURED',
    });
  });

  it('a page that does not come from a workflow is no answer', () => {
    const page = '<!DOCTYPE html><title>Log in</title>';
    expect(parseWith([Buffer.from(page)], 'text/html', {}).reason).toBe('AGENT_PROTOCOL_ERROR');
    expect(read('{"a":1}', 'application/json').reason).toBe('AGENT_MISCONFIGURED');
  });
});
