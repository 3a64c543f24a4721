import { noteOf } from './field-notes.ts';
import type { JsonSchema } from './json-schema.ts';

/** Resolves a schema's `$ref`. */
type FindDefinition = (ref: string) => JsonSchema;

/**
 * Makes a value that fits a schema, for the documentation. It takes the examples of the field notes if they fit, and
 * otherwise the simplest value that the schema allows.
 */
export function sampleOf(schema: JsonSchema, find: FindDefinition, name = ''): unknown {
  if (schema.$ref !== undefined) return sampleOf(find(schema.$ref), find, name);
  if (schema.const !== undefined) return schema.const;
  const [own] = schema.examples ?? [];
  if (own !== undefined) return own;
  const { example } = noteOf(name);
  const allowed = schema.enum;
  if (allowed !== undefined) return allowed.includes(example) ? example : allowed[0];
  if (example !== undefined && fits(example, schema)) return example;
  if (schema.default !== undefined) return schema.default;
  const variant = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].find(({ type }) => type !== 'null');
  if (variant !== undefined) return sampleOf(variant, find, name);
  return leastOf(schema, find);
}

function leastOf(schema: JsonSchema, find: FindDefinition): unknown {
  switch (typesOf(schema)[0]) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          // A first page has no cursor, and an invite excludes a team id.
          .filter(([name]) => name !== 'cursor' && name !== 'inviteToken')
          .map(([name, property]) => [name, sampleOf(property, find, name)]),
      );
    case 'array':
      return schema.items === undefined ? [] : [sampleOf(schema.items, find)];
    case 'boolean':
      return false;
    case 'integer':
    case 'number':
      return 0;
    case 'null':
      return null;
    default:
      return 'text';
  }
}

function fits(value: unknown, schema: JsonSchema): boolean {
  const variants = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  if (variants.length > 0) return variants.some((variant) => fits(value, variant));
  const types = typesOf(schema);
  if (types.length === 0) return true;
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return types.includes(type) || (types.includes('integer') && Number.isInteger(value));
}

function typesOf({ type = [] }: JsonSchema): string[] {
  return Array.isArray(type) ? type : [type];
}
