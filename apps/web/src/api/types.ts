import type { RouterOutputs } from '@parley/client';

export type { AnswerPart } from '@parley/client';
export type { Chat, Message } from '@parley/client/react';
export type Agent = RouterOutputs['agent']['list']['items'][number];
export type Account = RouterOutputs['auth']['me'];
