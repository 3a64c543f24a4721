import type { Client, RouterOutputs } from '@parley/client';

const PAGE_ITEMS = 100;

interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** Reads the pages of a list until it has `limit` items or all. */
export async function listAll<Item>(
  readPage: (page: { cursor: string | null; limit: number }) => Promise<Page<Item>>,
  limit = Infinity,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Item> = await readPage({ cursor, limit: Math.min(PAGE_ITEMS, limit - items.length) });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && items.length < limit);
  return items;
}

export type Agent = RouterOutputs['agent']['list']['items'][number];

/** Lists all agents of the team, newest first. */
export function listAllAgents(client: Client, signal: AbortSignal): Promise<Agent[]> {
  return listAll((page) => client.agent.list.query(page, { signal }));
}
