// Writes a run's events as the AI SDK's UI message stream: https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol
import type { AnswerPart, RunEvent } from '@parley/api';
import type { InferUIMessageChunk } from 'ai';
import { toStep, type ParleyUIMessage } from './ui-message.ts';

type Chunk = InferUIMessageChunk<ParleyUIMessage>;
type Update = Extract<RunEvent, { type: 'part' }>['data'];

export class AnswerChunks {
  readonly #messageId: string;
  #openText: string | undefined;
  /** By the id of the reasoning: the id of its open chunk, and how much of the text was sent. */
  readonly #openReasoning = new Map<string, { chunkId: string; sentChars: number }>();
  /** The parts that exist: text after a new part begins another text. */
  readonly #known = new Set<string>();
  #opened = 0;
  #isOver = false;

  constructor(messageId: string) {
    this.#messageId = messageId;
  }

  start(): Chunk[] {
    return [{ type: 'start', messageId: this.#messageId }, { type: 'start-step' }];
  }

  chunksOf(event: RunEvent): Chunk[] {
    switch (event.type) {
      case 'status': {
        const description = event.data.done ? null : event.data.description;
        return [{ type: 'data-status', data: { description }, transient: true }];
      }
      case 'message': {
        const { content, reset, parts } = event.data;
        if (reset !== true) return this.#text(content);
        const cleared = this.#reset();
        if (parts === undefined) return [...cleared, ...this.#text(content)];
        return [...cleared, ...parts.flatMap((part) => this.#part(part))];
      }
      case 'part':
        return this.#part(event.data);
      case 'done':
        return this.end();
      case 'error': {
        this.#isOver = true;
        const { reason, message } = event.data;
        const last: Chunk =
          reason === 'RUN_CANCELED' ? { type: 'abort', reason } : { type: 'error', errorText: message };
        return [...this.#close(), last];
      }
      // A newer server may send events of a type that this client does not know.
      default:
        return [];
    }
  }

  /** The end of an answer; empty if an event has ended it. */
  end(): Chunk[] {
    if (this.#isOver) return [];
    this.#isOver = true;
    return [...this.#close(), { type: 'finish-step' }, { type: 'finish', finishReason: 'stop' }];
  }

  /** The answer begins again: its parts until now are gone. */
  #reset(): Chunk[] {
    this.#openText = undefined;
    this.#openReasoning.clear();
    this.#known.clear();
    return [{ type: 'reset-step' }];
  }

  #close(): Chunk[] {
    return [
      ...this.#closeText(),
      ...[...this.#openReasoning.keys()].flatMap((id) => this.#closeReasoning(id)),
    ];
  }

  #closeText(): Chunk[] {
    const id = this.#openText;
    this.#openText = undefined;
    return id === undefined ? [] : [{ type: 'text-end', id }];
  }

  #closeReasoning(id: string): Chunk[] {
    const open = this.#openReasoning.get(id);
    this.#openReasoning.delete(id);
    return open === undefined ? [] : [{ type: 'reasoning-end', id: open.chunkId }];
  }

  #text(delta: string): Chunk[] {
    if (delta === '') return [];
    if (this.#openText !== undefined) return [{ type: 'text-delta', id: this.#openText, delta }];
    const closed = this.#close();
    const id = this.#newId('text');
    this.#openText = id;
    return [...closed, { type: 'text-start', id }, { type: 'text-delta', id, delta }];
  }

  #reasoning(id: string, delta: string): Chunk[] {
    const open = this.#openReasoning.get(id);
    if (open !== undefined) {
      open.sentChars += delta.length;
      return delta === '' ? [] : [{ type: 'reasoning-delta', id: open.chunkId, delta }];
    }
    const chunkId = this.#newId('reasoning');
    this.#openReasoning.set(id, { chunkId, sentChars: delta.length });
    return [
      ...this.#begin(id),
      { type: 'reasoning-start', id: chunkId },
      { type: 'reasoning-delta', id: chunkId, delta },
    ];
  }

  #part(part: Update | AnswerPart): Chunk[] {
    const { id } = part;
    switch (part.type) {
      case 'text':
        return this.#text(part.text);
      case 'reasoning-delta':
        return this.#reasoning(id, part.delta);
      case 'reasoning': {
        // The whole text, after the deltas. A reasoning that text has ended does not begin again.
        const sentChars = this.#openReasoning.get(id)?.sentChars ?? (this.#known.has(id) ? Infinity : 0);
        const rest = part.text.slice(sentChars);
        return [...(rest === '' ? [] : this.#reasoning(id, rest)), ...this.#closeReasoning(id)];
      }
      case 'tool':
        return this.#tool(part);
      case 'step':
        return [...this.#begin(id), { type: 'data-step', id, data: toStep(part) }];
      case 'source':
        return [
          ...this.#begin(id),
          part.url === undefined
            ? { type: 'source-document', sourceId: id, mediaType: 'text/plain', title: part.title }
            : { type: 'source-url', sourceId: id, url: part.url, title: part.title },
        ];
      case 'notice':
        return [
          ...this.#begin(id),
          { type: 'data-notice', id, data: { reason: part.reason, message: part.message } },
        ];
      default:
        return [];
    }
  }

  #tool({ id, name, state, input, output, error }: Extract<AnswerPart, { type: 'tool' }>): Chunk[] {
    const begun = this.#begin(id);
    const tool = { toolCallId: id, dynamic: true, providerExecuted: true } as const;
    if (state === 'input') return [...begun, { type: 'tool-input-start', toolName: name, ...tool }];
    const called: Chunk = { type: 'tool-input-available', toolName: name, input: input ?? {}, ...tool };
    if (state === 'running') return [...begun, called];
    if (state === 'output') return [...begun, called, { type: 'tool-output-available', output, ...tool }];
    const errorText = error ?? 'The tool failed.';
    return [...begun, called, { type: 'tool-output-error', errorText, ...tool }];
  }

  /** A new part ends the text before it. */
  #begin(id: string): Chunk[] {
    if (this.#known.has(id)) return [];
    this.#known.add(id);
    return this.#closeText();
  }

  #newId(kind: string): string {
    this.#opened += 1;
    return `${kind}-${this.#opened}`;
  }
}
