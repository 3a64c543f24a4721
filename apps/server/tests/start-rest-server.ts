// A test server with a team, and a helper that sends and reads JSON over REST.
import type { TestTeam, TestUser } from '@parley/api/testing';
import { problemOf } from './openapi-check.ts';
import { startTestServer, type TestServer, type TestServerOptions } from './start-test-server.ts';

export interface RestAnswer {
  status: number;
  headers: Headers;
  body: unknown;
}

export interface RestServer extends TestServer {
  team: TestTeam;
  /** Sends JSON as this user and parses the JSON response, which must be as the OpenAPI document says. */
  send(user: TestUser | undefined, method: string, path: string, body?: unknown): Promise<RestAnswer>;
}

export async function startRestServer(options?: TestServerOptions): Promise<RestServer> {
  const server = await startTestServer(options);
  const team = await server.api.createTeam({ isRegistrationOpen: true });
  return {
    ...server,
    team,
    async send(user, method, path, body) {
      const response = await fetch(`${server.url}${path}`, {
        method,
        headers: {
          ...(user === undefined ? {} : { cookie: user.cookie, 'sec-fetch-site': 'none' }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const { status, headers } = response;
      const answer: unknown = await response.json();
      const contentType = headers.get('content-type') ?? '';
      const [bare = ''] = path.split('?');
      const problem = problemOf({ method, path: bare, status, contentType, body: answer });
      if (problem !== undefined) throw new Error(problem);
      return { status, headers, body: answer };
    },
  };
}
