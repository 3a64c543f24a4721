import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Archive, ArrowLeft, Ellipsis, Search } from 'lucide-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { trpc } from '../api/api.ts';
import type { Chat } from '../api/types.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { ChatMenu } from './chat-menu.tsx';
import { groupByDay } from './group-by-day.ts';
import { ListProblem, ListSkeleton } from './list-states.tsx';
import { useInfiniteScroll } from './use-infinite-scroll.ts';

const SearchResults = lazy(async () => ({ default: (await import('./search-results.tsx')).SearchResults }));

const PAGE_SIZE = 50;
const DEBOUNCE_MS = 200;
const MAX_SEARCH_CHARS = 200;

function chatsQuery(isArchived: boolean) {
  return trpc.chat.list.infiniteQueryOptions(
    { limit: PAGE_SIZE, isArchived },
    { getNextPageParam: ({ nextCursor }) => nextCursor, refetchOnWindowFocus: 'always' },
  );
}

export function ChatList() {
  const [isArchived, setIsArchived] = useState(false);
  const [search, setSearch] = useState('');
  const words = useDebounced(search.trim(), DEBOUNCE_MS);
  const isSearching = words !== '' && search.trim() !== '';
  return (
    <>
      <div role="search" className="relative px-3 pb-1">
        <Search aria-hidden className="pointer-events-none absolute top-2.5 left-6 size-4 text-muted" />
        <input
          id="search-chats"
          type="search"
          aria-label="Search chats"
          placeholder="Search chats"
          autoComplete="off"
          maxLength={MAX_SEARCH_CHARS}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          onKeyDown={(event) => event.key === 'Escape' && setSearch('')}
          className="h-9 w-full rounded-lg bg-transparent pr-2 pl-9 text-sm placeholder:text-muted hover:bg-hover focus-visible:bg-raised"
        />
      </div>
      <nav
        aria-label={isSearching ? 'Search results' : isArchived ? 'Archived chats' : 'Chats'}
        className="min-h-0 flex-1 overflow-y-auto px-3 pb-3"
      >
        {isSearching ? (
          <Suspense fallback={<ListSkeleton label="Searching" />}>
            <SearchResults query={words} />
          </Suspense>
        ) : (
          <Chats key={String(isArchived)} isArchived={isArchived} />
        )}
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

function Chats({ isArchived }: { isArchived: boolean }) {
  const query = useInfiniteQuery(chatsQuery(isArchived));
  const end = useInfiniteScroll(query);
  const chats = query.data?.pages.flatMap(({ items }) => items);
  if (chats === undefined) {
    if (query.error === null) return <ListSkeleton label="Loading chats" />;
    return <ListProblem error={query.error} onTryAgain={() => void query.refetch()} />;
  }
  if (chats.length === 0)
    return (
      <p className="px-2 py-3 text-sm text-muted">
        {isArchived
          ? 'No archived chats. Archive a chat from its menu.'
          : 'No chats yet. Send a message to start one.'}
      </p>
    );
  return (
    <>
      {groupByDay(chats).map(({ title, chats: members }) => (
        <section key={title} aria-label={title} className="pt-3">
          <h2 className="px-2 pb-1 text-xs font-medium text-muted">{title}</h2>
          <ul>
            {members.map((chat) => (
              <ChatListItem key={chat.id} chat={chat} />
            ))}
          </ul>
        </section>
      ))}
      <div ref={end} />
    </>
  );
}

function ChatListItem({ chat }: { chat: Chat }) {
  return (
    <li className="group relative">
      <Link
        to="/c/$chatId"
        params={{ chatId: chat.id }}
        className="block rounded-lg py-1.5 pr-9 pl-2 text-sm transition-colors hover:bg-hover"
        activeProps={{ className: 'bg-hover font-medium' }}
      >
        <span className="block truncate">{chat.title}</span>
      </Link>
      <div className="absolute top-0 right-0.5 opacity-0 group-hover:opacity-100 focus-within:opacity-100 has-[[data-popup-open]]:opacity-100 max-md:opacity-100 [@media(hover:none)]:opacity-100">
        <ChatMenu
          chat={chat}
          trigger={
            <IconButton label={`Actions for ${chat.title}`}>
              <Ellipsis aria-hidden />
            </IconButton>
          }
        />
      </div>
    </li>
  );
}

/** The value, once it has been the same for `delayMs`. */
function useDebounced<Value>(value: Value, delayMs: number): Value {
  const [debounced, setDebounced] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setDebounced(value), delayMs);
    return () => clearTimeout(timer);
  }, [value, delayMs]);
  return debounced;
}
