// The procedures' zod schemas as JSON Schema 2020-12, which is what OpenAPI 3.1 is written in.
import { z } from 'zod';

/** The parts of JSON Schema that zod's output is read for. */
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
 * @param io of an input, what a caller has to send; of an output, what it gets
 * Schemas that were given a name (`.meta({ id })`) are under `$defs`, and referred to.
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
  // A record's keys are data, and what it holds is any JSON (`z.json()` is written as a recursive schema).
  if (type === 'record') {
    delete jsonSchema.propertyNames;
    jsonSchema.additionalProperties = {};
  }
  // A later version may answer more than this one.
  if (type === 'object') delete jsonSchema.additionalProperties;
  if (jsonSchema.minLength === 0) delete jsonSchema.minLength;
};

/** Every object's properties in a schema, at any depth. */
export function* propertiesOf(schema: JsonSchema): Generator<[name: string, schema: JsonSchema]> {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    yield [name, property];
    yield* propertiesOf(property);
  }
  for (const part of partsOf(schema)) yield* propertiesOf(part);
}

/** The schemas directly within one, besides its properties. */
function partsOf({ items, anyOf = [], oneOf = [], allOf = [], $defs = {} }: JsonSchema): JsonSchema[] {
  return [...(items === undefined ? [] : [items]), ...anyOf, ...oneOf, ...allOf, ...Object.values($defs)];
}

/** Whether a value may be an object whose keys are data. */
export function isRecordSchema(schema: JsonSchema): boolean {
  if (typeof schema.additionalProperties === 'object') return true;
  return [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].some(isRecordSchema);
}
