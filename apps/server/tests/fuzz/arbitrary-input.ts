// Generates inputs from a procedure's schema. Some are valid; most are invalid in one place.
import fc from 'fast-check';
import { z } from 'zod';

/** The parts of JSON Schema that zod emits for the inputs. */
interface InputSchema {
  type?: string | undefined;
  properties?: Record<string, InputSchema> | undefined;
  required?: string[] | undefined;
  additionalProperties?: InputSchema | boolean | undefined;
  items?: InputSchema | undefined;
  anyOf?: InputSchema[] | undefined;
  enum?: unknown[] | undefined;
  format?: string | undefined;
  pattern?: string | undefined;
  minLength?: number | undefined;
  maxLength?: number | undefined;
  minimum?: number | undefined;
  maximum?: number | undefined;
}

const inputSchema: z.ZodType<InputSchema> = z.looseObject({
  type: z.string().optional(),
  get properties() {
    return z.record(z.string(), inputSchema).optional();
  },
  required: z.array(z.string()).optional(),
  get additionalProperties() {
    return z.union([z.boolean(), inputSchema]).optional();
  },
  get items() {
    return inputSchema.optional();
  },
  get anyOf() {
    return z.array(inputSchema).optional();
  },
  enum: z.array(z.unknown()).optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});

/** Strings that have broken software before. */
const hostileTexts = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\udfff\ud800',
  '\ufeff',
  "' or 1=1 --",
  "'; drop table users; --",
  '%s%n',
  '${7*7}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '../../../../etc/passwd',
  'http://169.254.169.254/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  '__proto__',
  'constructor',
  '1e309',
  '-0',
  'NaN',
  '\u202e',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '2026-02-30T25:61:61Z',
  '+275760-09-13T00:00:00.001Z',
  'x'.repeat(10_000),
  '\u{1f4a9}'.repeat(3_000),
];

const hostileValue = fc.oneof(
  fc.constantFrom(...hostileTexts),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    null,
    true,
    0,
    -1,
    1.5,
    2 ** 31,
    2 ** 53,
    -(2 ** 63),
    1e308,
    5e-324,
    [],
    {},
    [[[[[[[[]]]]]]]],
    JSON.parse('{"__proto__":{"isAdmin":true}}'),
    { toString: 1, valueOf: 1 },
    { length: 1e9 },
  ),
  fc.jsonValue({ maxDepth: 5 }),
);

/** Real values by field name. Most inputs contain them, so that calls find existing objects. */
export type RealValues = ReadonlyMap<string, string>;

/** Well-formed cursors with positions that the server never issued. */
const cursor = fc
  .jsonValue()
  .map((position) => Buffer.from(JSON.stringify(position)).toString('base64url').slice(0, 500));

/** @param validator the procedure's input */
export function arbitraryInput(validator: z.ZodType, real: RealValues): fc.Arbitrary<unknown> {
  const schema = inputSchema.parse(z.toJSONSchema(validator, { unrepresentable: 'any', io: 'input' }));
  return fc.oneof(
    { weight: 3, arbitrary: valid(schema, real) },
    { weight: 6, arbitrary: spoiled(schema, real) },
    { weight: 1, arbitrary: hostileValue },
  );
}

/** The field names of an input. */
export function fieldsOf(validator: z.ZodType): string[] {
  const schema = inputSchema.parse(z.toJSONSchema(validator, { unrepresentable: 'any', io: 'input' }));
  return Object.keys(schema.properties ?? {});
}

/** Replaces one value, at any depth, by an invalid one. */
function spoiled(schema: InputSchema, real: RealValues): fc.Arbitrary<unknown> {
  const { properties } = schema;
  if (properties === undefined || Object.keys(properties).length === 0) return hostileValue;
  const field = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...Object.keys(properties)) },
    { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'teamId', 'userId', 'role') },
  );
  return fc.tuple(valid(schema, real), field, hostileValue).map(([input, name, value]) => {
    // Like JSON.parse: an own property named __proto__, not another prototype.
    return Object.fromEntries([...Object.entries(z.looseObject({}).parse(input)), [name, value]]);
  });
}

function valid(schema: InputSchema, real: RealValues): fc.Arbitrary<unknown> {
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => valid(one, real)));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'object':
      return validObject(schema, real);
    case 'array':
      return fc.array(valid(schema.items ?? {}, real), { maxLength: 5 });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'integer':
      return fc.integer(between(schema));
    case 'number':
      return fc.double({ ...between(schema), noNaN: true });
    case 'string':
      return validString(schema);
    default:
      return fc.jsonValue();
  }
}

function validObject(
  { properties = {}, required = [], additionalProperties }: InputSchema,
  real: RealValues,
): fc.Arbitrary<unknown> {
  if (typeof additionalProperties === 'object') {
    return fc.dictionary(fc.string(), valid(additionalProperties, real), { maxKeys: 5 });
  }
  const fields = Object.entries(properties).map(([name, field]) => {
    const value = real.get(name);
    const made = name === 'cursor' ? cursor : valid(field, real);
    const arbitrary =
      value === undefined
        ? made
        : fc.oneof({ weight: 4, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: made });
    return [name, arbitrary] as const;
  });
  return fc.record(Object.fromEntries(fields), { requiredKeys: required });
}

function validString({
  format,
  pattern,
  minLength = 0,
  maxLength = 100,
}: InputSchema): fc.Arbitrary<unknown> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  const length = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, 300)) };
  return fc.oneof(
    fc.string(length),
    fc.string({ ...length, unit: 'grapheme' }),
    fc.emailAddress(),
    fc.webUrl(),
  );
}

function between({ minimum, maximum }: InputSchema): { min?: number; max?: number } {
  const isSafe = (limit: number | undefined): limit is number =>
    limit !== undefined && Number.isSafeInteger(limit) && Math.abs(limit) < 2 ** 31;
  return {
    ...(isSafe(minimum) ? { min: minimum } : {}),
    ...(isSafe(maximum) ? { max: maximum } : {}),
  };
}
