import { expect, test } from 'vitest';
import { appRouter } from '../src/index.ts';
import { propertiesOf } from '../src/rest/json-schema.ts';
import { toCamelCase, toCamelCaseKeys, toSnakeCase, toSnakeCaseKeys } from '../src/rest/key-case.ts';
import { listRestRoutes, opaqueKeysOf } from '../src/rest/rest-routes.ts';

const routes = listRestRoutes(appRouter);
const opaqueKeys = opaqueKeysOf(routes);

test('every name in every schema survives the conversion to REST and back', () => {
  const names = routes.flatMap(({ input = {}, output = {} }) =>
    [...propertiesOf(input), ...propertiesOf(output)].map(([name]) => name),
  );
  expect(names.length).toBeGreaterThan(100);
  for (const name of names) {
    expect(toSnakeCase(name)).toMatch(/^[a-z0-9_]+$/);
    expect(toCamelCase(toSnakeCase(name))).toBe(name);
  }
});

test("the keys of an agent's config stay unchanged in both directions", () => {
  const config = { camelCase: 1, snake_case: { __proto__x: 2 } };
  expect(opaqueKeys.has('config')).toBe(true);
  expect(toSnakeCaseKeys({ someKey: [{ config }] }, opaqueKeys)).toEqual({ some_key: [{ config }] });
  expect(toCamelCaseKeys({ some_key: [{ config }] }, opaqueKeys)).toEqual({ someKey: [{ config }] });
});

test('no key can set the prototype of an object', () => {
  for (const json of ['{"__proto__":{"polluted":1}}', '{"___proto__":{"polluted":1}}']) {
    const value = toCamelCaseKeys(JSON.parse(json), opaqueKeys) as { polluted?: number };
    expect(value.polluted).toBeUndefined();
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  }
});
