// tRPC's transformer: superjson, except that inputs consist of JSON types and undefined. No procedure takes another type, and some
// are expensive to read, such as a big integer of a million digits, a regular expression, or a set whose items have types.
import superjson from 'superjson';
import { invalidField } from './errors.ts';

/** Reading a path of a megabyte takes 50 ms. */
const MAX_PATH_CHARS = 1_000;

export const transformer = {
  input: { serialize: superjson.serialize, deserialize: deserializeInput },
  output: superjson,
};

/**
 * @param payload what superjson has serialized and JSON.parse has read
 * @throws TRPCError INVALID_INPUT for any other type
 */
function deserializeInput(payload: Parameters<typeof superjson.deserialize>[0]): unknown {
  const { json, meta } = payload;
  if (meta?.values === undefined) return json;
  if (!hasUndefinedAlone(meta.values)) throw invalidField('', 'must have JSON types only');
  // Without the list of objects that were identical, which makes no difference to JSON.
  return superjson.deserialize({ json, meta: { values: meta.values, v: 1 } }, { inPlace: true });
}

/** Clients annotate each field that is undefined, as in `{ "cursor": ["undefined"] }`. */
function hasUndefinedAlone(annotations: unknown): boolean {
  if (Array.isArray(annotations)) return annotations.length === 1 && annotations[0] === 'undefined';
  if (typeof annotations !== 'object' || annotations === null) return false;
  return Object.entries(annotations).every(
    ([path, inner]) => path.length <= MAX_PATH_CHARS && hasUndefinedAlone(inner),
  );
}
