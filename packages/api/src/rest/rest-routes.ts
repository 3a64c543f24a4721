// The REST routes of a router: one for each procedure that declares `meta.rest`.
import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import { z } from 'zod';
import { isRecordSchema, propertiesOf, toJsonSchema, type JsonSchema } from './json-schema.ts';
import { toCamelCase, type OpaqueKeys } from './key-case.ts';
import type { ProcedureMeta, RestMeta } from './procedure-meta.ts';

export interface RestRoute {
  method: string;
  /** Such as `/api/chats/{chat_id}/messages`. */
  path: string;
  /** The path's parameters, by their names in the input. */
  pathParameters: string[];
  meta: RestMeta;
  access: NonNullable<ProcedureMeta['access']>;
  /** The scope that an API key needs; undefined if it does not matter, or if no key may call it. */
  scope: ProcedureMeta['scope'];
  /** Such as `chat.messages`. */
  procedurePath: string;
  procedure: AnyTRPCProcedure;
  /** Undefined if the procedure has no input. */
  input: JsonSchema | undefined;
  output: JsonSchema | undefined;
}

/** @throws Error if two procedures have the same route, or if a path parameter is not in the input */
export function listRestRoutes(router: AnyTRPCRouter): RestRoute[] {
  const routes: RestRoute[] = [];
  const seen = new Set<string>();
  for (const [procedurePath, procedure] of Object.entries<AnyTRPCProcedure>(router._def.procedures)) {
    const route = toRoute(procedurePath, procedure);
    if (route === undefined) continue;
    const key = `${route.method} ${route.path.replaceAll(/\{\w+\}/g, '{}')}`;
    if (seen.has(key)) throw new Error(`Two procedures have the route ${key}.`);
    seen.add(key);
    routes.push(route);
  }
  return routes;
}

function toRoute(procedurePath: string, procedure: AnyTRPCProcedure): RestRoute | undefined {
  const { access = 'anyone', scope, rest }: ProcedureMeta = procedure._def.meta ?? {};
  if (rest === undefined) return undefined;
  const [method = '', path = ''] = rest.route.split(' ');
  const { input, output } = schemasOf(procedure);
  const pathParameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => toCamelCase(name));
  const unknown = pathParameters.find(
    (name) => input?.properties !== undefined && input.properties[name] === undefined,
  );
  if (unknown !== undefined)
    throw new Error(`The path ${path} has the parameter ${unknown}, but ${procedurePath} has no such input.`);
  return { method, path, pathParameters, meta: rest, access, scope, procedurePath, procedure, input, output };
}

/** Whether the input comes from the body, and not from the query string. */
export function hasBody({ method }: Pick<RestRoute, 'method'>): boolean {
  return method === 'POST' || method === 'PUT';
}

function schemasOf({ _def: def }: AnyTRPCProcedure): Pick<RestRoute, 'input' | 'output'> {
  const [input] = def.inputs;
  const output: unknown = 'output' in def ? def.output : undefined;
  return {
    input: input instanceof z.ZodType ? toJsonSchema(input, 'input') : undefined,
    output: output instanceof z.ZodType ? toJsonSchema(output, 'output') : undefined,
  };
}

/**
 * Names of the properties whose keys are data, such as an agent's `config`.
 * @throws Error if a name is a record in one schema and something else in another
 */
export function opaqueKeysOf(routes: RestRoute[]): OpaqueKeys {
  const opaque = new Set<string>();
  const others = new Set<string>();
  for (const { input, output } of routes) {
    for (const [name, schema] of [...propertiesOf(input ?? {}), ...propertiesOf(output ?? {})]) {
      (isRecordSchema(schema) ? opaque : others).add(name);
    }
  }
  const ambiguous = [...opaque].find((name) => others.has(name));
  if (ambiguous !== undefined)
    throw new Error(`${ambiguous} is a record in some schemas, and not in others.`);
  return opaque;
}
