// The OpenAPI 3.1 document of the REST routes: generated, so that it says what the server does.
import { errorResponses, errorSchema } from './openapi-errors.ts';
import { OpenApiSchemas } from './openapi-schemas.ts';
import { toSnakeCase } from './key-case.ts';
import type { RestNames } from './rest-names.ts';
import type { RestRoute } from './rest-routes.ts';
import { specialOperations, type Operation, type Parameter, type RequestBody } from './special-operations.ts';

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
    const operation = operationOf(route, schemas, names);
    specialOperations[route.procedurePath]?.(operation);
    (paths[route.path] ??= {})[route.method.toLowerCase()] = operation;
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

function operationOf(route: RestRoute, schemas: OpenApiSchemas, names: RestNames): Operation {
  const { meta, procedurePath, output } = route;
  const sample = output === undefined ? undefined : names.toAnswer(schemas.sample(output));
  return {
    operationId: procedurePath,
    summary: meta.summary,
    ...(meta.description === undefined ? {} : { description: meta.description }),
    tags: [procedurePath.slice(0, procedurePath.indexOf('.'))],
    security: securityOf(route),
    ...parametersOf(route, schemas),
    ...bodyOf(route, schemas, names),
    responses: {
      [meta.status ?? 200]: {
        description: meta.status === 201 ? 'Made.' : 'Done.',
        content: { 'application/json': { schema: schemas.add(output ?? {}), example: sample } },
      },
      ...errorResponses(route),
    },
  };
}

function securityOf({ access }: RestRoute): Record<string, string[]>[] {
  if (access === 'anyone') return [];
  return access === 'session' ? [{ session: [] }] : [{ session: [] }, { apiKey: [] }];
}

function hasBody({ method }: RestRoute): boolean {
  return method === 'POST' || method === 'PUT';
}

/** Everything in the path, and what is left of the input of a GET or DELETE. */
function parametersOf(route: RestRoute, schemas: OpenApiSchemas): { parameters?: Parameter[] } {
  const { pathParameters, input = {} } = route;
  const parameters: Parameter[] = [];
  for (const [name, property] of Object.entries(input.properties ?? {})) {
    const isInPath = pathParameters.includes(name);
    if (hasBody(route) && !isInPath) continue;
    const example = schemas.sample({
      type: 'object',
      properties: { [name]: property },
      $defs: input.$defs ?? {},
    });
    const value = Object.values(example ?? {})[0];
    const { description: text, ...schema } =
      schemas.add({ properties: { [name]: property } }).properties?.[toSnakeCase(name)] ?? {};
    parameters.push({
      name: toSnakeCase(name),
      in: isInPath ? 'path' : 'query',
      required: isInPath || (input.required ?? []).includes(name),
      ...(text === undefined ? {} : { description: text }),
      schema,
      ...(value === undefined ? {} : { example: value }),
    });
  }
  return parameters.length === 0 ? {} : { parameters };
}

function bodyOf(route: RestRoute, schemas: OpenApiSchemas, names: RestNames): { requestBody?: RequestBody } {
  const { input, pathParameters } = route;
  if (input === undefined || !hasBody(route)) return {};
  const properties = Object.entries(input.properties ?? {}).filter(
    ([name]) => !pathParameters.includes(name),
  );
  if (properties.length === 0) return {};
  const required = (input.required ?? []).filter((name) => !pathParameters.includes(name));
  const body = { ...input, properties: Object.fromEntries(properties), required };
  const { default: _, ...schema } = schemas.add(body);
  const content = {
    'application/json': { schema, example: names.toAnswer(schemas.sample({ ...body, default: undefined })) },
  };
  return { requestBody: { required: required.length > 0, content } };
}
