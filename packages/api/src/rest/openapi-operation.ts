// One operation of the OpenAPI document: a route with its parameters, body and responses.
import { ID_EXAMPLE } from './field-notes.ts';
import type { JsonSchema } from './json-schema.ts';
import { toSnakeCase } from './key-case.ts';
import { errorResponses } from './openapi-errors.ts';
import { successResponses } from './openapi-responses.ts';
import type { OpenApiSchemas } from './openapi-schemas.ts';
import type { MultipartBody } from './procedure-meta.ts';
import type { RestNames } from './rest-names.ts';
import { hasBody, type RestRoute } from './rest-routes.ts';

export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: RequestBody;
  responses: Record<string, unknown>;
}

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  description?: string;
  schema: JsonSchema;
  example?: unknown;
}

interface RequestBody {
  required: boolean;
  content: Record<
    string,
    { schema: JsonSchema; example?: unknown; encoding?: Record<string, { contentType: string }> }
  >;
}

export function operationOf(route: RestRoute, schemas: OpenApiSchemas, names: RestNames): Operation {
  const { meta, procedurePath } = route;
  const parameters = parametersOf(route, schemas);
  const requestBody =
    meta.body === undefined ? jsonBodyOf(route, schemas, names) : multipartBodyOf(meta.body);
  return {
    operationId: procedurePath,
    summary: meta.summary,
    ...(meta.description === undefined ? {} : { description: meta.description }),
    tags: [procedurePath.slice(0, procedurePath.indexOf('.'))],
    security: securityOf(route),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: { ...successResponses(route, schemas, names), ...errorResponses(route, schemas, names) },
  };
}

/** Alternatives: each is enough. The scope of an API key is in its role names (OpenAPI 3.1, Security Requirement Object). */
function securityOf({ access, scope }: RestRoute): Record<string, string[]>[] {
  if (access === 'anyone') return [];
  if (access === 'cookie') return [{ session: [] }];
  return scope === undefined ? [{ accessToken: [] }] : [{ accessToken: [] }, { apiKey: [scope] }];
}

/** The path's parameters, and the other inputs of a GET or DELETE. */
function parametersOf(route: RestRoute, schemas: OpenApiSchemas): Parameter[] {
  const { pathParameters, input = {}, meta } = route;
  // The schema of a form does not name its fields.
  if (meta.body !== undefined) return pathParameters.map(idParameter);
  const parameters = Object.entries(input.properties ?? {})
    .filter(([name]) => pathParameters.includes(name) || !hasBody(route))
    // REST joins the pieces of an export.
    .filter(([name]) => name !== 'cursor' || meta.response?.type !== 'export')
    .map((property) => parameterOf(property, route, schemas));
  return meta.response?.type === 'events' ? [...parameters, lastEventIdHeader] : parameters;
}

const lastEventIdHeader: Parameter = {
  name: 'Last-Event-ID',
  in: 'header',
  required: false,
  description: 'As `last_event_id`, which it overrides: an EventSource sends it when it reconnects.',
  schema: { type: 'string', maxLength: 1000 },
  example: `${ID_EXAMPLE}:7`,
};

function parameterOf(
  [name, property]: [string, JsonSchema],
  { pathParameters, input = {} }: RestRoute,
  schemas: OpenApiSchemas,
): Parameter {
  const isInPath = pathParameters.includes(name);
  const object = { type: 'object', properties: { [name]: property }, $defs: input.$defs ?? {} };
  const [example] = Object.values(schemas.sample(object) ?? {});
  const { description, ...schema } =
    schemas.add({ properties: { [name]: property } }).properties?.[toSnakeCase(name)] ?? {};
  return {
    name: toSnakeCase(name),
    in: isInPath ? 'path' : 'query',
    required: isInPath || (input.required ?? []).includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
    ...(example === undefined ? {} : { example }),
  };
}

function idParameter(name: string): Parameter {
  const schema = { type: 'string', format: 'uuid' };
  return { name: toSnakeCase(name), in: 'path', required: true, schema, example: ID_EXAMPLE };
}

function jsonBodyOf(route: RestRoute, schemas: OpenApiSchemas, names: RestNames): RequestBody | undefined {
  const { input, pathParameters, meta } = route;
  if (input === undefined || !hasBody(route)) return undefined;
  const properties = Object.entries(input.properties ?? {}).filter(
    ([name]) => !pathParameters.includes(name),
  );
  if (properties.length === 0) return undefined;
  const { newIds = [] } = meta;
  const required = (input.required ?? []).filter(
    (name) => !pathParameters.includes(name) && !newIds.includes(name),
  );
  const body = { ...input, properties: Object.fromEntries(properties), required };
  const { default: _, ...schema } = schemas.add(body);
  const shown = properties.filter(([name]) => !newIds.includes(name));
  const sample = schemas.sample({ ...body, properties: Object.fromEntries(shown), default: undefined });
  return {
    required: required.length > 0,
    content: { 'application/json': { schema, example: names.toOutput(sample) } },
  };
}

function multipartBodyOf({ file, mediaTypes }: MultipartBody): RequestBody {
  const schema = {
    type: 'object',
    properties: { [file]: { type: 'string', format: 'binary' } },
    required: [file],
  };
  const encoding = { [file]: { contentType: mediaTypes.join(', ') } };
  return { required: true, content: { 'multipart/form-data': { schema, encoding } } };
}
