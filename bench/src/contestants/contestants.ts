// All contestants, by their names in the tables. Each one is loaded in a separate process, without the code of the others.
import type { Contestant } from './contestant.ts';

const contestants = {
  'raw node:http': async () => (await import('./raw-http.ts')).rawHttp,
  'raw + superjson': async () => (await import('./raw-superjson.ts')).rawSuperjson,
  'raw + tRPC procedure': async () => (await import('./raw-procedure.ts')).rawProcedure,
  'raw + generator': async () => (await import('./raw-generator.ts')).rawGenerator,
  'trpc-node (ours)': async () => (await import('./trpc-node.ts')).trpcNode,
  'tRPC standalone': async () => (await import('./trpc-standalone.ts')).trpcStandalone,
  'tRPC fastify': async () => (await import('./trpc-fastify.ts')).trpcFastify,
  'tRPC fetch on Hono': async () => (await import('./trpc-hono.ts')).trpcHono,
  oRPC: async () => (await import('./orpc.ts')).orpc,
  'Hono streamSSE': async () => (await import('./hono-stream-sse.ts')).honoStreamSse,
  'AI SDK UI stream': async () => (await import('./ai-sdk.ts')).aiSdk,
} satisfies Record<string, () => Promise<Contestant>>;

export type ContestantName = keyof typeof contestants;

export const RAW = 'raw node:http' satisfies ContestantName;
export const RAW_SUPERJSON = 'raw + superjson' satisfies ContestantName;
export const RAW_GENERATOR = 'raw + generator' satisfies ContestantName;
export const OURS = 'trpc-node (ours)' satisfies ContestantName;
export const STOCK = 'tRPC standalone' satisfies ContestantName;

export const unaryContestants: readonly ContestantName[] = [
  RAW,
  RAW_SUPERJSON,
  'raw + tRPC procedure',
  OURS,
  STOCK,
  'tRPC fastify',
  'tRPC fetch on Hono',
  'oRPC',
];

export const streamContestants: readonly ContestantName[] = [
  RAW,
  RAW_GENERATOR,
  OURS,
  STOCK,
  'Hono streamSSE',
  'AI SDK UI stream',
  'oRPC',
];

export async function loadContestant(name: string): Promise<Contestant> {
  const load = Object.entries(contestants).find(([known]) => known === name)?.[1];
  if (load === undefined) throw new Error(`There is no contestant ${name}.`);
  return load();
}
