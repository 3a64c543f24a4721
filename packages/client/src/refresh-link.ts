// Renews an expired access token and repeats the call; its caller does not notice.
import type { AppRouter } from '@parley/api';
import { TRPCClientError, type Operation, type OperationLink, type TRPCLink } from '@trpc/client';
import { observable, observableToPromise, type Unsubscribable } from '@trpc/server/observable';

type NextLink = Parameters<OperationLink<AppRouter>>[0]['next'];

const refreshOperation: Operation = {
  id: 0,
  type: 'mutation',
  path: 'auth.refresh',
  input: undefined,
  context: {},
  signal: null,
};

/** Calls that fail at about the same time share one refresh. If it fails, each of them fails with its error. */
export function refreshLink(): TRPCLink<AppRouter> {
  return () => {
    const tokens = createTokenRefresher();
    return ({ op, next }) =>
      observable((observer) => {
        let current: Unsubscribable | undefined;
        let isClosed = false;
        let mayRefresh = true;
        let lastEventId: string | undefined;

        function attempt(): void {
          const { generation } = tokens;
          current = next(resumeAfter(op, lastEventId)).subscribe({
            next(envelope) {
              const { result } = envelope;
              if (result.type === undefined || result.type === 'data') {
                lastEventId = result.id ?? lastEventId;
                // A subscription can outlive several tokens.
                mayRefresh = true;
              }
              observer.next(envelope);
            },
            complete: () => observer.complete(),
            error(error) {
              const isExpired = error.data?.reason === 'ACCESS_TOKEN_EXPIRED';
              if (isExpired && mayRefresh) void refreshAndRepeat(generation);
              else observer.error(error);
            },
          });
        }

        async function refreshAndRepeat(generation: number): Promise<void> {
          mayRefresh = false;
          try {
            await tokens.refreshAfter(generation, next);
          } catch (cause) {
            observer.error(
              TRPCClientError.from(cause instanceof Error ? cause : new Error('The refresh failed.')),
            );
            return;
          }
          if (!isClosed) attempt();
        }

        attempt();
        return () => {
          isClosed = true;
          current?.unsubscribe();
        };
      });
  };
}

interface TokenRefresher {
  /** Number of tokens that this client has received. */
  readonly generation: number;
  /** Resolves when the client has a newer token than that of `generation`. */
  refreshAfter(generation: number, next: NextLink): Promise<void>;
}

function createTokenRefresher(): TokenRefresher {
  let generation = 0;
  let refreshing: Promise<void> | undefined;

  async function refresh(next: NextLink): Promise<void> {
    try {
      await observableToPromise(next(refreshOperation));
      generation += 1;
    } finally {
      refreshing = undefined;
    }
  }

  return {
    get generation() {
      return generation;
    },
    async refreshAfter(used, next) {
      // A slow call can fail with the old token after another call has renewed it.
      if (used === generation) await (refreshing ??= refresh(next));
    },
  };
}

/** Sends the id with the input, as tRPC does on a reconnect. */
function resumeAfter(op: Operation, lastEventId: string | undefined): Operation {
  return lastEventId === undefined ? op : { ...op, input: Object.assign({}, op.input, { lastEventId }) };
}
