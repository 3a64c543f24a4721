import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { trpc } from '../api/api.ts';

/** The names of all members by their ids, as they arrive. */
export function useMembers(): Map<string, string> {
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    trpc.team.members.infiniteQueryOptions(
      { limit: 100 },
      { getNextPageParam: ({ nextCursor }) => nextCursor },
    ),
  );
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return useMemo(
    () =>
      new Map(
        data?.pages.flatMap(({ items }) => items.map(({ id, displayName }) => [id, displayName] as const)),
      ),
    [data],
  );
}
