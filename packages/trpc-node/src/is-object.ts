/** Whether a value is an object by tRPC's definition: neither null nor an array. */
export function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
