import { endSlice, nextSlice } from '@parley/webhook';
import { z } from 'zod';

/** Checking so many items takes less than a millisecond. */
const ITEMS_AT_ONCE = 64;

/**
 * Makes an output schema check the items of a long list in slices, between which other requests have their turn.
 * `parseAsync`, which tRPC calls, has the same result as before; `parse` throws, as for any asynchronous schema.
 * @param name the property with the list
 */
export function checkedInSlices<
  Name extends string,
  Item extends z.ZodType,
  Schema extends z.ZodObject<Record<Name, z.ZodArray<Item>>>,
>(schema: Schema, name: Name): Schema {
  const parseWhole = schema.parseAsync.bind(schema);
  const { element } = schema.shape[name];
  schema.parseAsync = async (value, params) => {
    const items: unknown = isObject(value) ? value[name] : undefined;
    if (!isObject(value) || !Array.isArray(items)) return parseWhole(value, params);
    const checked = await parseWhole({ ...value, [name]: [] }, params);
    return { ...checked, [name]: await checkItems(element, items) };
  };
  schema.parse = () => {
    throw new z.core.$ZodAsyncError();
  };
  return schema;
}

async function checkItems<Item extends z.ZodType>(
  element: Item,
  items: readonly unknown[],
): Promise<z.output<Item>[]> {
  const checked: z.output<Item>[] = [];
  for (let start = 0; start < items.length; start += ITEMS_AT_ONCE) {
    if (items.length > ITEMS_AT_ONCE) await nextSlice();
    const startMs = performance.now();
    for (const item of items.slice(start, start + ITEMS_AT_ONCE)) checked.push(element.parse(item));
    if (items.length > ITEMS_AT_ONCE) endSlice(performance.now() - startMs);
  }
  return checked;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
