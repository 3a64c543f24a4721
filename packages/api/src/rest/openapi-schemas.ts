// The schemas of the document: with REST's names, the notes on fields, and each named schema once.
import { noteOf } from './field-notes.ts';
import { isRecordSchema, type JsonSchema } from './json-schema.ts';
import { toSnakeCase } from './key-case.ts';
import { sampleOf } from './sample-of.ts';

const REF_PREFIX = '#/$defs/';

export class OpenApiSchemas {
  /** `components.schemas`. */
  readonly components: Record<string, JsonSchema> = {};
  readonly #definitions: Record<string, JsonSchema> = {};

  /** Converts a schema to REST's names. Its named parts become components. */
  add(schema: JsonSchema): JsonSchema {
    const { $defs = {}, ...rest } = schema;
    for (const [name, definition] of Object.entries($defs)) {
      // zod gives recursive schemas such names. Only the values of records are recursive, and they are not described.
      if (name.startsWith('__')) continue;
      this.#definitions[name] = definition;
      this.components[name] ??= this.#rename(definition);
    }
    return this.#rename(rest);
  }

  /** Makes a sample value, in camelCase. */
  sample(schema: JsonSchema): unknown {
    return sampleOf(schema, (ref) => {
      const definition = schema.$defs?.[nameOf(ref)] ?? this.#definitions[nameOf(ref)];
      if (definition === undefined) throw new Error(`${ref} is not defined`);
      return definition;
    });
  }

  #rename(schema: JsonSchema): JsonSchema {
    const { $ref, properties, required, items, anyOf, oneOf, allOf, ...rest } = schema;
    if ($ref !== undefined) return { ...rest, $ref: `#/components/schemas/${nameOf($ref)}` };
    const all = (parts: JsonSchema[]): JsonSchema[] => parts.map((part) => this.#rename(part));
    return {
      ...rest,
      ...(properties === undefined ? {} : { properties: this.#renameProperties(properties) }),
      ...(required === undefined ? {} : { required: required.map(toSnakeCase) }),
      ...(items === undefined ? {} : { items: this.#rename(items) }),
      ...(anyOf === undefined ? {} : { anyOf: all(anyOf) }),
      ...(oneOf === undefined ? {} : { oneOf: all(oneOf) }),
      ...(allOf === undefined ? {} : { allOf: all(allOf) }),
    };
  }

  #renameProperties(properties: Record<string, JsonSchema>): Record<string, JsonSchema> {
    const renamed = Object.entries(properties).map(([name, property]) => {
      const { description } = noteOf(name);
      // The contents of a record are data, not fields.
      const schema = isRecordSchema(property) ? property : this.#rename(property);
      return [toSnakeCase(name), description === undefined ? schema : { description, ...schema }] as const;
    });
    return Object.fromEntries(renamed);
  }
}

function nameOf(ref: string): string {
  return ref.slice(REF_PREFIX.length);
}
