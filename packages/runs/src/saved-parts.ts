import type { MessageRow } from '@parley/db';
import type { AnswerPart } from '@parley/webhook';
import { answerPartSchema } from './part-schema.ts';

/** The parts of a saved answer; none if it is text alone. Kinds that a newer version has stored are left out. */
export function savedParts(message: Pick<MessageRow, 'parts'> | undefined): AnswerPart[] {
  const parts: unknown = message?.parts;
  if (!Array.isArray(parts)) return [];
  return parts.flatMap((part: unknown) => answerPartSchema.safeParse(part).data ?? []);
}
