// The parts of an answer, from the events of its run: the rules of `collectParts` on the server, on immutable values.
import type { AnswerPart, RunEvent } from '@parley/api';

type Update = Extract<RunEvent, { type: 'part' }>['data'];
type Parts = readonly AnswerPart[];

/** Appends text to the last part, if that is text. An answer of text alone has no parts. */
export function appendText(parts: Parts, text: string): Parts {
  if (parts.length === 0 || text === '') return parts;
  const last = parts.at(-1);
  if (last?.type === 'text') return [...parts.slice(0, -1), { ...last, text: last.text + text }];
  return [...parts, textPart(parts, text)];
}

export function removeText(parts: Parts): Parts {
  return parts.filter(({ type }) => type !== 'text');
}

/** @param text the answer's text so far, which becomes the first part if there is none */
export function updateParts(parts: Parts, update: Update, text: string): Parts {
  const before = parts.length > 0 || text === '' ? parts : [textPart(parts, text)];
  const index = before.findIndex(({ id, type }) => id === update.id && type !== 'text');
  const part = before[index];
  if (part === undefined) return [...before, created(update)];
  const updated = [...before];
  updated[index] = changed(part, update);
  return updated;
}

function created(update: Update): AnswerPart {
  if (update.type !== 'reasoning-delta') return update;
  return { id: update.id, type: 'reasoning', text: update.delta };
}

function changed(part: AnswerPart, update: Update): AnswerPart {
  if (update.type !== 'reasoning-delta') return update;
  return part.type === 'reasoning' ? { ...part, text: part.text + update.delta } : part;
}

function textPart(parts: Parts, text: string): AnswerPart {
  const number = 1 + parts.filter(({ type }) => type === 'text').length;
  return { id: `text-${number}`, type: 'text', text };
}
