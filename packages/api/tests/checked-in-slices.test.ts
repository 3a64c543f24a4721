import { expect, test } from 'vitest';
import { z } from 'zod';
import { checkedInSlices } from '../src/schema/checked-in-slices.ts';

const create = () => z.object({ id: z.string(), items: z.array(z.object({ name: z.string() })) });

test('a list that is checked in slices has the same result, without unknown fields', async () => {
  const value = { id: 'a', other: 1, items: [{ name: 'b', secret: 'c' }, { name: 'd' }] };
  const checked = await checkedInSlices(create(), 'items').parseAsync(value);
  expect(checked).toEqual(create().parse(value));
});

test.each([{ id: 1, items: [] }, { id: 'a', items: [{}] }, { id: 'a' }, null])(
  '%j is refused by a schema that checks in slices, too',
  async (value) => {
    await expect(checkedInSlices(create(), 'items').parseAsync(value)).rejects.toThrow(z.ZodError);
  },
);

test('other work has its turn while a long list is checked', async () => {
  const schema = checkedInSlices(create(), 'items');
  let turns = 0;
  const count = setInterval(() => (turns += 1), 0);
  await schema.parseAsync({ id: 'a', items: Array.from({ length: 300_000 }, () => ({ name: 'a' })) });
  clearInterval(count);
  expect(turns).toBeGreaterThan(1);
});
