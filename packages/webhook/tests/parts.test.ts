// The parts of an answer beside its text, from every protocol that has them.

import { describe, expect, it } from 'vitest';
import type { AnswerPart } from '../src/index.ts';
import { parseText } from './collect-answer.ts';

const sse = (...events: unknown[]) => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
const named = (...events: [string, unknown][]) =>
  events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join('');
const typed = (...events: { type: string; [key: string]: unknown }[]) =>
  named(...events.map((event): [string, unknown] => [event.type, event]));
const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

/** The parts without ids and times, which are not the agent's. */
function read(body: string) {
  const { parts, text, reason } = parseText(body);
  const told = parts.map((part: AnswerPart) => {
    const { id: _id, ...rest } = part;
    if (rest.type === 'step') return { type: 'step', name: rest.name, isOver: rest.endedAt !== undefined };
    if (rest.type === 'reasoning') return { type: 'reasoning', text: rest.text };
    if (rest.type === 'notice') return { type: 'notice', reason: rest.reason };
    return rest;
  });
  return { text, reason, parts: told };
}

const text = (said: string) => ({ type: 'text', text: said });
const thought = (said: string) => ({ type: 'reasoning', text: said });
const tool = (name: string, input: unknown, output?: unknown) => ({
  type: 'tool',
  name,
  state: 'output',
  input,
  ...(output !== undefined && { output }),
});

describe('the parts of an answer', () => {
  it('OpenAI: reasoning, tool calls, citations, and the text around them', () => {
    const chunk = (delta: unknown, reason: string | null = null) => ({
      choices: [{ index: 0, delta, finish_reason: reason }],
    });
    const body = sse(
      chunk({ role: 'assistant', content: '' }),
      chunk({ reasoning_content: 'let me' }),
      chunk({ reasoning_content: ' see' }),
      chunk({ content: 'Looking.' }),
      chunk({ tool_calls: [{ index: 0, id: 'c1', function: { name: 'find', arguments: '{"q":' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '1}' } }] }, 'tool_calls'),
      chunk({ content: 'Found it.' }),
      chunk({
        annotations: [{ type: 'url_citation', url_citation: { url: 'https://a.example/', title: 'A' } }],
      }),
      chunk({}, 'length'),
    );
    expect(read(body)).toEqual({
      text: 'Looking.\n\nFound it.',
      reason: undefined,
      parts: [
        thought('let me see'),
        text('Looking.'),
        tool('find', { q: 1 }),
        text('\n\nFound it.'),
        { type: 'source', url: 'https://a.example/', title: 'A' },
        { type: 'notice', reason: 'truncated' },
      ],
    });
  });

  it('OpenAI responses: reasoning, calls and citations, streamed and whole', () => {
    const message = {
      type: 'message',
      content: [
        {
          type: 'output_text',
          text: 'Hi',
          annotations: [{ type: 'url_citation', url: 'https://a.example/', title: 'A' }],
        },
      ],
    };
    const call = { type: 'function_call', id: 'f1', call_id: 'c1', name: 'find', arguments: '{"q":1}' };
    const reasoning = { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] };
    const response = { object: 'response', status: 'completed', output: [reasoning, call, message] };
    const streamed = typed(
      { type: 'response.reasoning_summary_text.delta', delta: 'hm' },
      { type: 'response.output_item.added', item: { ...call, arguments: '' } },
      { type: 'response.function_call_arguments.delta', item_id: 'f1', delta: '{"q":1}' },
      { type: 'response.output_item.done', item: call },
      { type: 'response.output_item.added', item: { type: 'message', content: [] } },
      { type: 'response.output_text.delta', delta: 'Hi' },
      { type: 'response.output_text.annotation.added', annotation: message.content[0]?.annotations[0] },
      { type: 'response.completed', response },
    );
    const source = { type: 'source', url: 'https://a.example/', title: 'A' };
    expect(read(streamed).parts).toEqual([thought('hm'), tool('find', { q: 1 }), text('Hi'), source]);
    expect(read(JSON.stringify(response)).parts).toEqual([
      thought('hm'),
      tool('find', { q: 1 }),
      source,
      text('Hi'),
    ]);
  });

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
    expect(read(body).parts).toEqual([
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
    expect(read(body).parts).toEqual([
      { type: 'step', name: 'plan', isOver: true },
      thought('hm'),
      tool('find', { q: 1 }, 'found'),
      text('Hi'),
    ]);
  });

  it('Anthropic: thinking, tool use, citations and the reason to stop, streamed and whole', () => {
    const citation = { type: 'web', url: 'https://a.example/', title: 'A', cited_text: 'a word' };
    const streamed = typed(
      { type: 'message_start', message: { role: 'assistant', content: [] } },
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'content_block_start',
        index: 1,
        content_block: { type: 'tool_use', id: 'a', name: 'find', input: {} },
      },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"q":1}' } },
      { type: 'content_block_stop', index: 1 },
      { type: 'content_block_start', index: 2, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 2, delta: { type: 'text_delta', text: 'Hi' } },
      { type: 'content_block_delta', index: 2, delta: { type: 'citations_delta', citation } },
      { type: 'content_block_stop', index: 2 },
      { type: 'message_delta', delta: { stop_reason: 'max_tokens' } },
      { type: 'message_stop' },
    );
    const whole = JSON.stringify({
      type: 'message',
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm' },
        { type: 'tool_use', id: 'a', name: 'find', input: { q: 1 } },
        { type: 'text', text: 'Hi', citations: [citation] },
      ],
      stop_reason: 'max_tokens',
    });
    for (const body of [streamed, whole]) {
      expect(read(body).parts).toEqual([
        thought('hm'),
        tool('find', { q: 1 }),
        text('Hi'),
        { type: 'source', url: 'https://a.example/', title: 'A', snippet: 'a word' },
        { type: 'notice', reason: 'truncated' },
      ]);
    }
  });

  it('Anthropic: text on both sides of thinking or of a tool is two paragraphs, and consecutive text blocks are one', () => {
    const block = (index: number, type: string, said: string) => [
      { type: 'content_block_start', index, content_block: { type, [type]: '' } },
      { type: 'content_block_delta', index, delta: { type: `${type}_delta`, [type]: said } },
    ];
    const blocks = [
      ...block(0, 'text', 'Let me'),
      ...block(1, 'text', ' see.'),
      ...block(2, 'thinking', 'hm'),
      ...block(3, 'text', 'Yes.'),
    ];
    expect(read(typed(...blocks)).text).toBe('Let me see.\n\nYes.');
  });

  it('Gemini: thoughts, function calls, grounding and the reason to stop', () => {
    const body = sse(
      { candidates: [{ content: { parts: [{ text: 'hm', thought: true }] } }] },
      { candidates: [{ content: { parts: [{ functionCall: { name: 'find', args: { q: 1 } } }] } }] },
      {
        candidates: [
          {
            content: { parts: [{ text: 'Hi' }] },
            finishReason: 'SAFETY',
            groundingMetadata: { groundingChunks: [{ web: { uri: 'https://a.example/', title: 'A' } }] },
          },
        ],
      },
    );
    expect(read(body).parts).toEqual([
      thought('hm'),
      tool('find', { q: 1 }),
      text('Hi'),
      { type: 'source', url: 'https://a.example/', title: 'A' },
      { type: 'notice', reason: 'filtered' },
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
    expect(read(body).parts).toEqual([
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
    expect(read(body)).toMatchObject({
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
    expect(read(sse(piece('Hel'), piece('lo')))).toMatchObject({
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
    expect(read(JSON.stringify({ messages })).parts).toEqual(found);
    expect(
      read(named(['values', { messages: messages.slice(0, 1) }], ['values', { messages }])).parts,
    ).toEqual(found);
    const updates = messages
      .slice(1)
      .map((message): [string, unknown] => ['updates', { agent: { messages: [message] } }]);
    expect(read(named(...updates)).text).toBe('Found it.');
  });

  it('Dify: nodes, tools and retrieved documents', () => {
    const body = sse(
      { event: 'node_started', data: { id: 'n', title: 'LLM' } },
      { event: 'agent_thought', id: 'a', tool: 'find', tool_input: '{"q":1}', observation: '' },
      { event: 'agent_thought', id: 'a', tool: 'find', tool_input: '{"q":1}', observation: 'found' },
      { event: 'message', answer: 'Hi' },
      { event: 'node_finished', data: { id: 'n', title: 'LLM' } },
      {
        event: 'message_end',
        metadata: { retriever_resources: [{ document_name: 'guide.pdf', content: 'a word' }] },
      },
    );
    expect(read(body).parts).toEqual([
      { type: 'step', name: 'LLM', isOver: true },
      tool('find', { q: 1 }, 'found'),
      text('Hi'),
      { type: 'source', title: 'guide.pdf', snippet: 'a word' },
    ]);
  });

  it('Flowise: tools and documents, streamed and whole', () => {
    const usedTools = [{ tool: 'find', toolInput: { q: 1 }, toolOutput: 'found' }];
    const sourceDocuments = [
      { pageContent: 'a word', metadata: { source: 'https://a.example/', title: 'A' } },
    ];
    const streamed = sse(
      { event: 'token', data: 'Hi' },
      { event: 'usedTools', data: usedTools },
      { event: 'usedTools', data: usedTools },
      { event: 'sourceDocuments', data: sourceDocuments },
    );
    const found = [
      tool('find', { q: 1 }, 'found'),
      { type: 'source', url: 'https://a.example/', title: 'A', snippet: 'a word' },
    ];
    expect(read(streamed).parts).toEqual([text('Hi'), ...found]);
    expect(read(JSON.stringify({ text: 'Hi', usedTools, sourceDocuments })).parts).toEqual([
      ...found,
      text('Hi'),
    ]);
  });

  it('n8n: nodes are steps, and the turns of an agent are one step', () => {
    const frame = (type: string, nodeName: string, content?: string) => ({
      type,
      content,
      metadata: { nodeId: nodeName, nodeName, runIndex: 0, itemIndex: 0 },
    });
    const body = lines(
      frame('begin', 'Agent'),
      frame('item', 'Agent', 'Room 1101'),
      frame('end', 'Agent'),
      frame('begin', 'Agent'),
      frame('item', 'Agent', 'Done.'),
      frame('end', 'Agent'),
      frame('begin', 'Respond to Webhook'),
      frame('item', 'Respond to Webhook', '{"output":"Done."}'),
      frame('end', 'Respond to Webhook'),
    );
    expect(read(body).parts).toEqual([
      { type: 'step', name: 'Agent', isOver: true },
      text('Room 1101\n\nDone.'),
      { type: 'step', name: 'Respond to Webhook', isOver: true },
    ]);
  });

  it('n8n: the intermediate steps of a JSON answer are tools', () => {
    const step = {
      action: { tool: 'find', toolInput: { q: 1 }, log: 'Invoking "find"' },
      observation: '[{"room":1101}]',
    };
    const answer = { output: 'Room 1101', intermediateSteps: [step] };
    for (const body of [answer, [answer], [{ json: answer }]]) {
      expect(read(JSON.stringify(body)).parts).toEqual([
        tool('find', { q: 1 }, [{ room: 1101 }]),
        text('Room 1101'),
      ]);
    }
  });

  it('an agent that reached its limit of steps, was cut off, or left out an item, has a notice', () => {
    expect(read('{"output":"Agent stopped due to max iterations."}').parts).toContainEqual({
      type: 'notice',
      reason: 'max-iterations',
    });
    expect(read('{"text":"1. open","finishReason":"length"}').parts).toContainEqual({
      type: 'notice',
      reason: 'truncated',
    });
    expect(read('[{"output":"a"},{"x":1},{"output":"b"}]')).toEqual({
      text: 'a\n\nb',
      reason: undefined,
      parts: [{ type: 'notice', reason: 'truncated' }, text('a\n\nb')].toReversed(),
    });
  });
});

describe('the bounds of parts', () => {
  const call = (id: string, input: unknown, output: unknown) => [
    { type: 'tool-input-available', toolCallId: id, toolName: 'find', input },
    { type: 'tool-output-available', toolCallId: id, output },
  ];
  const said = { type: 'text-delta', delta: 'Hi' };

  it('a large or deep value of a tool becomes the start of its JSON', () => {
    let deep: unknown = 'x';
    for (let depth = 0; depth < 100; depth++) deep = [deep];
    const { parts, text: whole } = read(sse(said, ...call('a', { long: '"é'.repeat(100_000) }, deep)));
    expect(whole).toBe('Hi');
    const [, part] = parts;
    if (part?.type !== 'tool' || !('input' in part)) throw new Error('There is no tool.');
    expect(typeof part.input).toBe('string');
    expect(Buffer.byteLength(JSON.stringify(part.input))).toBeLessThanOrEqual(65_536);
    expect(part.output).toMatch(/^\[\[\[.*…$/);
  });

  it.each([
    ['parts', Array.from({ length: 600 }, (_, index) => call(`${index}`, {}, {})).flat()],
    ['bytes', Array.from({ length: 60 }, (_, index) => call(`${index}`, {}, 'x'.repeat(60_000))).flat()],
    [
      'bytes of reasoning',
      Array.from({ length: 30 }, () => ({ type: 'reasoning-delta', delta: 'x'.repeat(50_000) })),
    ],
    [
      'texts between parts',
      Array.from({ length: 300 }, (_, index) => [said, ...call(`${index}`, {}, {})]).flat(),
    ],
  ])('too many %s end the answer with its text kept', (_, events) => {
    const answer = read(sse(said, ...events));
    expect(answer).toMatchObject({ reason: 'AGENT_RESPONSE_TOO_LARGE' });
    expect(answer.text).toMatch(/^Hi/);
    expect(answer.parts.length).toBeLessThanOrEqual(500);
  });

  it('NUL and lone surrogates are replaced in all fields', () => {
    const bad = 'a\0b\ud83d';
    const body = sse(
      { type: 'reasoning-delta', delta: bad },
      ...call('a', { [bad]: [bad] }, bad),
      { type: 'source-url', url: 'https://a.example/', title: bad },
      said,
    );
    const json = JSON.stringify(read(body).parts);
    expect(json).not.toMatch(/\\u0000|\\ud83d/);
  });

  it('steps beyond 200 and statuses go on without parts, because the answer counts', () => {
    const frames = Array.from({ length: 1_000 }, (_, runIndex) =>
      ['begin', 'end'].map((type) => ({ type, metadata: { nodeId: 'a', nodeName: 'A', runIndex } })),
    ).flat();
    const body = lines(...frames, { type: 'item', content: 'Hi', metadata: { nodeId: 'b', nodeName: 'B' } });
    const answer = read(body);
    expect([answer.text, answer.reason]).toEqual(['Hi', undefined]);
    expect(answer.parts.filter(({ type }) => type === 'step')).toHaveLength(200);
  });
});
