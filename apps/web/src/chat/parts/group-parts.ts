import type { AnswerPart } from '../../api/types.ts';

type Part<Type extends AnswerPart['type']> = Extract<AnswerPart, { type: Type }>;

export type PartGroup =
  | { type: 'text'; parts: [Part<'text'>] }
  | { type: 'reasoning'; parts: [Part<'reasoning'>] }
  | { type: 'notice'; parts: [Part<'notice'>] }
  | { type: 'work'; parts: [Part<'tool' | 'step'>, ...Part<'tool' | 'step'>[]] }
  /** `start`: the number of the first source. */
  | { type: 'sources'; parts: [Part<'source'>, ...Part<'source'>[]]; start: number };

/** Puts steps into one list, and sources into one row, where they follow each other. A text without words is left out. */
export function groupParts(parts: readonly AnswerPart[]): PartGroup[] {
  const groups: PartGroup[] = [];
  let sources = 0;
  for (const part of parts) {
    const last = groups.at(-1);
    switch (part.type) {
      case 'tool':
      case 'step':
        if (last?.type === 'work') last.parts.push(part);
        else groups.push({ type: 'work', parts: [part] });
        break;
      case 'source':
        if (last?.type === 'sources') last.parts.push(part);
        else groups.push({ type: 'sources', parts: [part], start: sources + 1 });
        sources += 1;
        break;
      case 'text':
        if (part.text.trim() !== '') groups.push({ type: 'text', parts: [part] });
        break;
      case 'reasoning':
        groups.push({ type: 'reasoning', parts: [part] });
        break;
      case 'notice':
        groups.push({ type: 'notice', parts: [part] });
        break;
      // A newer server may send parts of a type that this page does not know.
    }
  }
  return groups;
}
