// Converts the procedures' zod schemas to JSON Schema 2020-12, the dialect of OpenAPI 3.1.
import { z } from 'zod';

/** The keywords of JSON Schema that Parley reads from zod's output. */
export interface JsonSchema {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  additionalProperties?: JsonSchema | boolean;
  $defs?: Record<string, JsonSchema>;
  $ref?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  format?: string;
  examples?: unknown[];
  description?: string;
  [keyword: string]: unknown;
}

/**
 * Converts a schema. Schemas with a name (`.meta({ id })`) become references into `$defs`.
 * @param io `input` describes the value that a caller sends, `output` the value that it receives
 */
export function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: simplify,
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- zod's type allows all of JSON Schema; it writes this
  return jsonSchema as JsonSchema;
}

type Override = NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>;

const simplify: Override = ({ zodSchema, jsonSchema }) => {
  const { type } = zodSchema._zod.def;
  // The keys of a record are data, and its values any JSON, for which zod would write a recursive schema.
  if (type === 'record') {
    delete jsonSchema.propertyNames;
    jsonSchema.additionalProperties = {};
  }
  // A later version may add properties.
  if (type === 'object') delete jsonSchema.additionalProperties;
  if (jsonSchema.minLength === 0) delete jsonSchema.minLength;
};

/** Yields the properties of all objects in a schema, at any depth. */
export function* propertiesOf(schema: JsonSchema): Generator<[name: string, schema: JsonSchema]> {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    yield [name, property];
    yield* propertiesOf(property);
  }
  for (const part of partsOf(schema)) yield* propertiesOf(part);
}

/** The direct parts of a schema, except its properties. */
function partsOf({ items, anyOf = [], oneOf = [], allOf = [], $defs = {} }: JsonSchema): JsonSchema[] {
  return [...(items === undefined ? [] : [items]), ...anyOf, ...oneOf, ...allOf, ...Object.values($defs)];
}

/** Whether the schema allows an object whose keys are data: a record, or any JSON. */
export function isRecordSchema(schema: JsonSchema): boolean {
  if (Object.keys(schema).length === 0) return true;
  if (typeof schema.additionalProperties === 'object') return true;
  return [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].some(isRecordSchema);
}
