import type { RouterOutputs } from '@parley/client';
import type { InfiniteData } from '@tanstack/react-query';

export type Chat = RouterOutputs['chat']['list']['items'][number];
export type Message = RouterOutputs['chat']['messages']['items'][number];
export type { AnswerPart } from '@parley/client';
export type MessagePage = RouterOutputs['chat']['messages'];
export type MessagePages = InfiniteData<MessagePage, string | null>;
export type Agent = RouterOutputs['agent']['list']['items'][number];
export type Account = RouterOutputs['auth']['me'];
