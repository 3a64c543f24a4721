import { describe, expect, it } from 'vitest';
import { lines, sse } from '../known/bodies.ts';
import { readParts, text, tool } from './told-parts.ts';

describe('the parts of an answer of a platform', () => {
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
    expect(readParts(body).parts).toEqual([
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
    expect(readParts(streamed).parts).toEqual([text('Hi'), ...found]);
    expect(readParts(JSON.stringify({ text: 'Hi', usedTools, sourceDocuments })).parts).toEqual([
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
    expect(readParts(body).parts).toEqual([
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
      expect(readParts(JSON.stringify(body)).parts).toEqual([
        tool('find', { q: 1 }, [{ room: 1101 }]),
        text('Room 1101'),
      ]);
    }
  });

  it('an agent that reached its limit of steps, was cut off, or left out an item, has a notice', () => {
    expect(readParts('{"output":"Agent stopped due to max iterations."}').parts).toContainEqual({
      type: 'notice',
      reason: 'max-iterations',
    });
    expect(readParts('{"text":"1. open","finishReason":"length"}').parts).toContainEqual({
      type: 'notice',
      reason: 'truncated',
    });
    expect(readParts('[{"output":"a"},{"x":1},{"output":"b"}]')).toEqual({
      text: 'a\n\nb',
      reason: undefined,
      parts: [{ type: 'notice', reason: 'truncated' }, text('a\n\nb')].toReversed(),
    });
  });
});
