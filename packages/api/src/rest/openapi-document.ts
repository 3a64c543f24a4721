// The OpenAPI 3.1 document of the REST routes, generated from the procedures.
import { errorComponents } from './openapi-errors.ts';
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
  apiKey: 'API keys for scripts.',
  team: 'The team, its members and invites.',
  agent: 'Agents: the webhooks that answer.',
  chat: 'Chats, messages and answers.',
  admin: 'Failures, audit log and usage, for admins.',
};

const description = `The same procedures as the typed tRPC client has, with names in snake_case. This server's client for TypeScript:
[client.tgz](/client.tgz), for \`npm install <this server's address>/client.tgz\`.

Log in with \`POST /api/auth/login\` and send its cookies with each request, or create an API key and send it as
\`Authorization: Bearer parley_...\`. Where an operation lists several ways to authenticate, one of them is enough.

A failure has an HTTP status and the body \`{ "reason": "...", "message": "..." }\`: the reason is a stable code for programs,
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
      schemas: { ...schemas.components, ...errorComponents },
      securitySchemes: {
        accessToken: {
          type: 'apiKey',
          in: 'cookie',
          name: 'parley_access',
          description:
            'Set by a login and by `POST /api/auth/refresh`, valid for an hour. Over HTTPS, its name is `__Host-parley_access`.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'parley_session',
          description:
            'Set by a login. `POST /api/auth/refresh` needs it. Over HTTPS, its name is `__Host-parley_session`.',
        },
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'parley_...',
          description: 'An API key. Each operation names the scope that it needs.',
        },
      },
    },
  };
}
