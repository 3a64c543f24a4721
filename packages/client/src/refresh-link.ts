// One silent refresh: a call whose access token has expired is repeated with a new one, and its caller sees nothing of it.
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

/** All calls that fail at about the same time wait for the same refresh. Where it fails, they get its error. */
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
                // A subscription may outlive several tokens.
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
  /** Counts the tokens that this client has had. */
  readonly generation: number;
  /** Resolves when there is a newer token than the one of `generation`. */
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
      // A slow call can hear of its old token after others have renewed it.
      if (used === generation) await (refreshing ??= refresh(next));
    },
  };
}

/** As tRPC does it on a reconnect: the server gets the id with the input. */
function resumeAfter(op: Operation, lastEventId: string | undefined): Operation {
  return lastEventId === undefined ? op : { ...op, input: Object.assign({}, op.input, { lastEventId }) };
}
