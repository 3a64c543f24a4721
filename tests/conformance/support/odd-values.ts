/** Outputs that JSON.stringify or superjson treats specially. */
export function oddValues(): Record<string, unknown> {
  const shared = { a: 1 };
  const cycle: Record<string, unknown> = { name: 'cycle' };
  cycle['self'] = cycle;
  return {
    date: new Date(0),
    map: new Map([['a', new Set([1])]]),
    bigint: 10n,
    numbers: [Number.NaN, Infinity, -Infinity, -0, 0],
    holes: [1, undefined, 3],
    absent: { a: undefined, b: { c: undefined } },
    shared: [shared, shared],
    cycle,
    error: new TypeError('as a value'),
    url: new URL('http://localhost/x'),
    regexp: /x/gi,
    buffer: new Uint8Array([1, 2, 3]),
    symbol: Symbol('s'),
    function: () => 1,
    proto: JSON.parse('{"__proto__":{"a":1}}'),
    bare: Object.assign(Object.create(null), { a: 1 }),
    instance: new (class Point {
      x = 1;
    })(),
    toJSON: { toJSON: () => 'as JSON' },
    unicode: ' \uD800 é 漢 🎉 \u0000',
    plain: { a: [1, 'two', { three: null }], b: true },
  };
}
