import { describe, expect, it } from 'vitest';
import { sse, typed } from '../known/bodies.ts';
import { readParts, text, thought, tool } from './told-parts.ts';

describe('the parts of an answer of a model', () => {
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
    expect(readParts(body)).toEqual({
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
    expect(readParts(streamed).parts).toEqual([thought('hm'), tool('find', { q: 1 }), text('Hi'), source]);
    expect(readParts(JSON.stringify(response)).parts).toEqual([
      thought('hm'),
      tool('find', { q: 1 }),
      source,
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
      expect(readParts(body).parts).toEqual([
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
    expect(readParts(typed(...blocks)).text).toBe('Let me see.\n\nYes.');
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
    expect(readParts(body).parts).toEqual([
      thought('hm'),
      tool('find', { q: 1 }),
      text('Hi'),
      { type: 'source', url: 'https://a.example/', title: 'A' },
      { type: 'notice', reason: 'filtered' },
    ]);
  });
});
