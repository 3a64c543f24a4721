// Skips superjson's walk for values that contain only JSON types: the walk costs several times as much as JSON.stringify.
import { isObject } from '../is-object.ts';
import type { OutputSerializer } from '../node-handler-options.ts';
import { isPlainJson, isPlainJsonInSlices } from './is-plain-json.ts';

/** superjson's default export, or an instance of its class. */
export interface Superjson {
  serialize(value: unknown): unknown;
}

/**
 * Creates a function that returns what `superjson.serialize` returns, or for plain values an object that JSON.stringify
 * writes identically. It also respects types that are registered with superjson later.
 * @throws Error if the argument is not superjson, or a version with other internals
 */
export function superjsonSerializer(superjson: Superjson): OutputSerializer {
  const instance: unknown = 'defaultInstance' in superjson ? superjson.defaultInstance : superjson;
  if (!hasRegistries(instance))
    throw new Error('superjsonSerializer does not know this version of superjson');
  const serialize = (value: unknown): unknown =>
    !changesPlainValues(instance) && isPlainJson(value) ? { json: value } : superjson.serialize(value);
  return Object.assign(serialize, {
    inSlices: async (value: unknown): Promise<unknown> =>
      !changesPlainValues(instance) && (await isPlainJsonInSlices(value))
        ? { json: value }
        : superjson.serialize(value),
  });
}

interface Registries {
  classRegistry: { getIdentifier(value: unknown): string | undefined };
  /** superjson's own spelling. */
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

/** Whether superjson may change plain values: a custom type can match any value, and `Object` can be a registered class. */
function changesPlainValues({ classRegistry, customTransformerRegistry }: Registries): boolean {
  for (const _ in customTransformerRegistry.transfomers) return true;
  return plainClasses.some((plainClass) => classRegistry.getIdentifier(plainClass) !== undefined);
}
