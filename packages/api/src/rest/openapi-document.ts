// The OpenAPI 3.1 document of the REST routes: generated, so that it says what the server does.
import { errorSchema } from './openapi-errors.ts';
import { operationOf, type Operation } from './openapi-operation.ts';
import { OpenApiSchemas } from './openapi-schemas.ts';
import type { RestNames } from './rest-names.ts';
import type { RestRoute } from './rest-routes.ts';

export interface OpenApiDocument {
  openapi: '3.1.0';
  info: Record<string, unknown>;
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, unknown>;
}

const tags: Record<string, string> = {
  auth: 'Accounts, logins and sessions.',
  apiKey: 'Keys for scripts.',
  team: 'The team, its members and invites.',
  agent: 'Agents: webhooks that answer.',
  chat: 'Chats, messages and answers.',
  admin: 'For admins: failures, changes, use.',
};

const description = `REST beside the typed tRPC client: the same procedures, with names in snake_case.

Log in with \`POST /api/auth/login\`, and send the cookies that it sets with each request; or make an API key, and send it
as \`Authorization: Bearer parley_...\`. Over HTTPS the cookies' names begin with \`__Host-\`.

A failure is answered with its status and \`{ "reason": "...", "message": "..." }\`: the reason is stable and for programs,
the message is for people.`;

export function createOpenApiDocument(routes: RestRoute[], names: RestNames): OpenApiDocument {
  const schemas = new OpenApiSchemas();
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) {
    (paths[route.path] ??= {})[route.method.toLowerCase()] = operationOf(route, schemas, names);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Parley',
      version: '1.0.0',
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(tags).map(([name, text]) => ({ name, description: text })),
    paths,
    components: {
      schemas: { ...schemas.components, Error: errorSchema },
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'parley_access',
          description: 'Set by a login, with `parley_session`: send both.',
        },
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key: `parley_...`.' },
      },
    },
  };
}
