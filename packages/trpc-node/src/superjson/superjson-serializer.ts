// superjson for values that mostly need none of it: a value of JSON types alone skips superjson's walk, which costs
// several times what JSON.stringify does.
import { isObject } from '../is-object.ts';
import { isPlainJson } from './is-plain-json.ts';

/** superjson's default export, or an instance of its class. */
export interface Superjson {
  serialize(value: unknown): unknown;
}

/**
 * Makes a function that gives what `superjson.serialize` gives, or for plain values something that JSON.stringify writes
 * exactly alike. What is registered with superjson later counts, too.
 * @throws Error where it is not superjson, or a version with other insides
 */
export function superjsonSerializer(superjson: Superjson): (value: unknown) => unknown {
  const instance: unknown = 'defaultInstance' in superjson ? superjson.defaultInstance : superjson;
  if (!hasRegistries(instance))
    throw new Error('superjsonSerializer does not know this version of superjson');
  return (value) =>
    !changesPlainValues(instance) && isPlainJson(value) ? { json: value } : superjson.serialize(value);
}

interface Registries {
  classRegistry: { getIdentifier(value: unknown): string | undefined };
  /** The spelling is superjson's. */
  customTransformerRegistry: { transfomers: Record<string, unknown> };
}

function hasRegistries(instance: unknown): instance is Registries {
  if (!isObject(instance)) return false;
  const { classRegistry, customTransformerRegistry: custom } = instance;
  return (
    isObject(classRegistry) &&
    typeof classRegistry['getIdentifier'] === 'function' &&
    isObject(custom) &&
    isObject(custom['transfomers'])
  );
}

const plainClasses = [Object, Array, String, Number, Boolean];

/** A custom type may claim any value, and somebody may have registered `Object` itself. */
function changesPlainValues({ classRegistry, customTransformerRegistry }: Registries): boolean {
  for (const _ in customTransformerRegistry.transfomers) return true;
  return plainClasses.some((plainClass) => classRegistry.getIdentifier(plainClass) !== undefined);
}
