import type { RouterOutputs } from '@parley/client';

export type { AnswerPart, Chat, Message } from '@parley/client';
export type Agent = RouterOutputs['agent']['list']['items'][number];
export type Account = RouterOutputs['auth']['me'];
