import type { MessageRow } from '@parley/db';
import type { AnswerPart } from '@parley/webhook';
import { z } from 'zod';
import { answerPartSchema } from './part-schema.ts';

/** The parts of a saved answer; none if it is text alone. Kinds that a newer version has stored are left out. */
export function savedParts(message: Pick<MessageRow, 'parts'> | undefined): AnswerPart[] {
  return z
    .array(z.unknown())
    .parse(message?.parts ?? [])
    .flatMap((part) => answerPartSchema.safeParse(part).data ?? []);
}
