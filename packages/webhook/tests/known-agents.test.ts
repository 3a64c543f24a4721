import { describe, expect, it } from 'vitest';
import { parseInPieces, parseText } from './collect-answer.ts';

const sse = (...events: unknown[]) => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
const named = (...events: [string, unknown?][]) =>
  events
    .map(([name, data]) =>
      data === undefined
        ? `event: ${name}\r\n\r\n`
        : `event: ${name}\r\ndata: ${JSON.stringify(data)}\r\n\r\n`,
    )
    .join('');
const typed = (...events: { type: string; [key: string]: unknown }[]) =>
  named(...events.map((event): [string, unknown] => [event.type, event]));
const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const done = 'data: [DONE]\n\n';

/** Parses a body in one piece, and checks that single bytes and an undeclared type give the same answer. */
function read(body: string, type = 'text/event-stream') {
  const bytes = Buffer.from(body);
  const whole = parseText(body, type);
  for (const other of [
    parseInPieces(
      Array.from(bytes, (byte) => Uint8Array.of(byte)),
      type,
    ),
    parseText(body),
  ])
    expect([other.text, other.reason]).toEqual([whole.text, whole.reason]);
  return whole;
}

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

  it('the JSON answer of Flowise is read', () => {
    const body = '{"text":"Hi","question":"no","chatId":"1","chatMessageId":"2"}';
    expect(parseText(body, 'application/json').text).toBe('Hi');
  });
});

describe('Dify', () => {
  const ping = 'event: ping\n\n';

  it.each(['message', 'agent_message'])(
    'a Dify stream of %s events is read without thoughts and speech',
    (event) => {
      const body =
        sse(
          { event: 'workflow_started', data: { id: '1', inputs: { text: 'no' } } },
          { event: 'node_started', data: { title: 'LLM' } },
          { event, task_id: '1', answer: 'Hi' },
          { event: 'agent_thought', thought: 'no', observation: 'no', message: 'no' },
        ) +
        ping +
        sse(
          { event, task_id: '1', answer: ' there' },
          { event: 'tts_message', audio: 'bm8=', message: 'no' },
          { event: 'node_finished', data: { outputs: { text: 'no' } } },
          { event: 'workflow_finished', data: { status: 'succeeded', outputs: { answer: 'Hi there' } } },
          { event: 'message_end', metadata: { usage: {} } },
        );
      expect(read(body)).toMatchObject({ text: 'Hi there', outcome: 'succeeded', statuses: ['LLM'] });
    },
  );

  it('message_replace of Dify’s moderation replaces the text', () => {
    const body = sse(
      { event: 'message', answer: 'Bad' },
      { event: 'message_replace', answer: 'I can’t say.' },
    );
    expect(read(body)).toMatchObject({ text: 'I can’t say.', outcome: 'succeeded' });
  });

  it('a Dify workflow’s text is read from its stream or from its outputs at the end', () => {
    const finished = {
      event: 'workflow_finished',
      data: { status: 'succeeded', outputs: { result: 'Hi there' } },
    };
    const chunks = ['Hi', ' there'].map((text) => ({ event: 'text_chunk', data: { text } }));
    expect(read(sse(...chunks, finished)).text).toBe('Hi there');
    expect(read(sse(finished)).text).toBe('Hi there');
    const whole = { workflow_run_id: '1', task_id: '2', data: finished.data };
    expect(parseText(JSON.stringify(whole), 'application/json').text).toBe('Hi there');
  });

  it.each([
    { event: 'error', status: 400, code: 'x', message: 'boom' },
    { event: 'workflow_finished', data: { status: 'failed', error: 'boom', outputs: {} } },
  ])('a failure in Dify’s $event event is quoted, and the text is kept', (failure) => {
    const answer = read(sse({ event: 'message', answer: 'Hi' }, failure));
    expect(answer).toMatchObject({ text: 'Hi', reason: 'AGENT_ERROR' });
    expect(answer.error?.hint).toContain('boom');
  });

  it('the JSON answer of a failed Dify workflow is AGENT_ERROR', () => {
    const whole = {
      workflow_run_id: '1',
      data: { status: 'failed', error: 'boom', outputs: { text: 'no' } },
    };
    expect(parseText(JSON.stringify(whole), 'application/json')).toMatchObject({
      text: '',
      reason: 'AGENT_ERROR',
    });
  });

  it('the JSON answer of Dify is read', () => {
    const body = '{"event":"message","task_id":"1","mode":"chat","answer":"Hi","metadata":{}}';
    expect(parseText(body, 'application/json').text).toBe('Hi');
  });
});

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
