import type { AppRouter } from '@parley/api';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';

/** `RouterInputs['chat']['create']` is what `client.chat.create.mutate` takes. */
export type RouterInputs = inferRouterInputs<AppRouter>;

/** `RouterOutputs['chat']['get']` is what `client.chat.get.query` resolves to. */
export type RouterOutputs = inferRouterOutputs<AppRouter>;

export type Chat = RouterOutputs['chat']['list']['items'][number];

/** A message as the server has saved it. */
export type Message = RouterOutputs['chat']['messages']['items'][number];
