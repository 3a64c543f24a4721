import { useInfiniteQuery } from '@tanstack/react-query';
import { Archive, ArrowLeft, Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { trpc } from '../api/api.ts';
import { explainError } from '../api/explain-error.ts';
import { Button } from '../ui/button.tsx';
import { ChatListItem } from './chat-list-item.tsx';
import { groupByDay } from './group-by-day.ts';

const PAGE_SIZE = 50;

export function chatsQuery(isArchived: boolean) {
  return trpc.chat.list.infiniteQueryOptions(
    { limit: PAGE_SIZE, isArchived },
    { getNextPageParam: ({ nextCursor }) => nextCursor, refetchOnWindowFocus: 'always' },
  );
}

export function ChatList() {
  const [isArchived, setIsArchived] = useState(false);
  const [wanted, setWanted] = useState('');
  const query = useInfiniteQuery(chatsQuery(isArchived));
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (end.current === null || !hasNextPage || isFetchingNextPage) return;
    const observer = new IntersectionObserver(
      ([entry]) => entry?.isIntersecting === true && void fetchNextPage(),
      { rootMargin: '200px' },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const words = wanted.toLowerCase().split(/\s+/);
  const chats = query.data?.pages
    .flatMap(({ items }) => items)
    .filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)));
  return (
    <>
      <div className="relative px-3 pb-1">
        <Search aria-hidden className="pointer-events-none absolute top-2.5 left-6 size-4 text-muted" />
        <input
          id="search-chats"
          type="search"
          aria-label="Search chats"
          placeholder={isArchived ? 'Search archived chats' : 'Search chats'}
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
          onKeyDown={(event) => event.key === 'Escape' && setWanted('')}
          className="h-9 w-full rounded-lg bg-transparent pr-2 pl-9 text-sm placeholder:text-muted hover:bg-hover focus-visible:bg-raised"
        />
      </div>
      <nav
        aria-label={isArchived ? 'Archived chats' : 'Chats'}
        className="min-h-0 flex-1 overflow-y-auto px-3 pb-3"
      >
        {chats === undefined ? (
          query.error === null ? (
            <ListSkeleton />
          ) : (
            <div role="alert" className="flex flex-col items-start gap-2 px-2 py-3 text-sm text-muted">
              {explainError(query.error)}
              <Button onClick={() => void query.refetch()}>Try again</Button>
            </div>
          )
        ) : chats.length === 0 ? (
          <p className="px-2 py-3 text-sm text-muted">
            {hasNextPage
              ? 'Searching older chats…'
              : wanted.trim() !== ''
                ? 'No chat has these words in its title.'
                : isArchived
                  ? 'No chat is archived.'
                  : 'Your chats will be here.'}
          </p>
        ) : (
          groupByDay(chats).map(({ title, chats: members }) => (
            <section key={title} aria-label={title} className="pt-3">
              <h2 className="px-2 pb-1 text-xs font-medium text-muted">{title}</h2>
              <ul>
                {members.map((chat) => (
                  <ChatListItem key={chat.id} chat={chat} />
                ))}
              </ul>
            </section>
          ))
        )}
        <div ref={end} />
      </nav>
      <div className="px-3 pb-2">
        <button
          type="button"
          onClick={() => setIsArchived(!isArchived)}
          className="flex w-full items-center gap-2.5 rounded-lg px-2 py-1.5 text-left text-sm text-muted transition-colors hover:bg-hover hover:text-text"
        >
          {isArchived ? (
            <ArrowLeft aria-hidden className="size-4" />
          ) : (
            <Archive aria-hidden className="size-4" />
          )}
          {isArchived ? 'Back to chats' : 'Archived'}
        </button>
      </div>
    </>
  );
}

function ListSkeleton() {
  return (
    <div
      role="status"
      aria-label="Loading chats"
      className="flex animate-pulse-soft flex-col gap-3 px-2 pt-5"
    >
      {['w-4/5', 'w-3/5', 'w-2/3', 'w-1/2'].map((width) => (
        <div key={width} className={`h-3.5 rounded bg-hover ${width}`} />
      ))}
    </div>
  );
}
