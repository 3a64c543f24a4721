import { describe, expect, it } from 'vitest';
import { named, sse } from '../known/bodies.ts';
import { readParts, text, thought, tool } from './told-parts.ts';

describe('the parts of an answer of a framework', () => {
  it('the AI SDK: reasoning, tools with their results and failures, sources', () => {
    const body = sse(
      { type: 'start' },
      { type: 'reasoning-delta', id: 'r', delta: 'hm' },
      { type: 'tool-input-start', toolCallId: 'a', toolName: 'weather' },
      { type: 'tool-input-available', toolCallId: 'a', toolName: 'weather', input: { city: 'Rome' } },
      { type: 'tool-output-available', toolCallId: 'a', output: { sky: 'blue' } },
      { type: 'tool-input-available', toolCallId: 'b', toolName: 'fail', input: {} },
      { type: 'tool-output-error', toolCallId: 'b', errorText: 'no route' },
      { type: 'source-url', sourceId: 's', url: 'https://a.example/', title: 'A' },
      { type: 'source-url', sourceId: 's2', url: 'javascript:alert(1)', title: 'Bad' },
      { type: 'text-start', id: 't' },
      { type: 'text-delta', id: 't', delta: 'It is sunny.' },
      { type: 'finish', finishReason: 'stop' },
    );
    expect(readParts(body).parts).toEqual([
      thought('hm'),
      tool('weather', { city: 'Rome' }, { sky: 'blue' }),
      { type: 'tool', name: 'fail', state: 'error', input: {}, error: 'no route' },
      { type: 'source', url: 'https://a.example/', title: 'A' },
      { type: 'source', title: 'Bad' },
      text('It is sunny.'),
    ]);
  });

  it('AG-UI: steps, reasoning, tool calls', () => {
    const body = sse(
      { type: 'RUN_STARTED' },
      { type: 'STEP_STARTED', stepName: 'plan' },
      { type: 'REASONING_MESSAGE_CONTENT', messageId: 'r', delta: 'hm' },
      { type: 'STEP_FINISHED', stepName: 'plan' },
      { type: 'TOOL_CALL_START', toolCallId: 'a', toolCallName: 'find' },
      { type: 'TOOL_CALL_ARGS', toolCallId: 'a', delta: '{"q":1}' },
      { type: 'TOOL_CALL_END', toolCallId: 'a' },
      { type: 'TOOL_CALL_RESULT', toolCallId: 'a', content: 'found' },
      { type: 'TEXT_MESSAGE_CHUNK', messageId: 'm', delta: 'Hi' },
      { type: 'RUN_FINISHED' },
    );
    expect(readParts(body).parts).toEqual([
      { type: 'step', name: 'plan', isOver: true },
      thought('hm'),
      tool('find', { q: 1 }, 'found'),
      text('Hi'),
    ]);
  });

  it('Mastra: reasoning, tools and their failures', () => {
    const chunk = (type: string, payload: unknown) => ({ type, runId: 'r', from: 'AGENT', payload });
    const body = sse(
      chunk('reasoning-delta', { text: 'hm' }),
      chunk('tool-call', { toolCallId: 'a', toolName: 'find', args: { q: 1 } }),
      chunk('tool-result', { toolCallId: 'a', toolName: 'find', result: 'found' }),
      chunk('text-delta', { text: 'Hi' }),
      chunk('finish', { stepResult: { reason: 'length' } }),
    );
    expect(readParts(body).parts).toEqual([
      thought('hm'),
      tool('find', { q: 1 }, 'found'),
      text('Hi'),
      { type: 'notice', reason: 'truncated' },
    ]);
  });

  it('LangGraph: nodes, tool calls and their results', () => {
    const agent = { langgraph_node: 'agent' };
    const calls = [{ id: 'a', name: 'find', args: { q: 1 } }];
    const body = named(
      ['messages', [{ type: 'AIMessageChunk', id: '1', content: 'Looking.' }, agent]],
      ['messages', [{ type: 'AIMessageChunk', id: '1', content: '', tool_calls: calls }, agent]],
      ['messages', [{ type: 'tool', tool_call_id: 'a', content: 'found' }, { langgraph_node: 'tools' }]],
      ['messages', [{ type: 'AIMessageChunk', id: '2', content: 'Found it.' }, agent]],
    );
    expect(readParts(body)).toMatchObject({
      text: 'Looking.\n\nFound it.',
      parts: [
        { type: 'step', name: 'agent' },
        text('Looking.'),
        tool('find', { q: 1 }, 'found'),
        { type: 'step', name: 'tools' },
        text('\n\nFound it.'),
      ],
    });
  });

  it('LangGraph: pairs of a piece and its metadata are read without the names of events', () => {
    const piece = (content: string) => [
      { type: 'AIMessageChunk', id: '1', content },
      { langgraph_node: 'agent' },
    ];
    expect(readParts(sse(piece('Hel'), piece('lo')))).toMatchObject({
      text: 'Hello',
      parts: [{ type: 'step', name: 'agent' }, text('Hello')],
    });
  });

  it('LangGraph: updates and the final state have the text of the model alone', () => {
    const messages = [
      { type: 'human', content: 'Hello?', id: '0' },
      { type: 'ai', content: '', id: '1', tool_calls: [{ id: 'a', name: 'find', args: {} }] },
      { type: 'tool', content: 'found', tool_call_id: 'a', id: '2' },
      { type: 'ai', content: 'Found it.', id: '3' },
    ];
    const found = [tool('find', {}, 'found'), text('Found it.')];
    expect(readParts(JSON.stringify({ messages })).parts).toEqual(found);
    expect(
      readParts(named(['values', { messages: messages.slice(0, 1) }], ['values', { messages }])).parts,
    ).toEqual(found);
    const updates = messages
      .slice(1)
      .map((message): [string, unknown] => ['updates', { agent: { messages: [message] } }]);
    expect(readParts(named(...updates)).text).toBe('Found it.');
  });
});
