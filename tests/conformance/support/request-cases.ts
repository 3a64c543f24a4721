import superjson from 'superjson';
import type { TestRequest } from './send.ts';
import { oddValues } from './odd-values.ts';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';

export type Encode = (input: unknown) => unknown;

export function encoder(transformer: 'superjson' | 'none'): Encode {
  return transformer === 'superjson' ? (input) => superjson.serialize(input) : (input) => input;
}

/** Requests of tRPC clients, and malformed ones. */
export function requestCases(encode: Encode): Record<string, TestRequest> {
  const json = (input: unknown): string => JSON.stringify(encode(input));
  const get = (path: string, input?: unknown): TestRequest => ({
    path: `/trpc/${path}${input === undefined ? '' : `?input=${encodeURIComponent(json(input))}`}`,
  });
  const post = (path: string, input?: unknown): TestRequest => ({
    method: 'POST',
    path: `/trpc/${path}`,
    headers: { 'content-type': 'application/json' },
    ...(input !== undefined && { body: json(input) }),
  });
  const batch = (paths: string, inputs: unknown[]): TestRequest => ({
    path: `/trpc/${paths}?batch=1&input=${encodeURIComponent(JSON.stringify(Object.assign({}, inputs.map(encode))))}`,
  });
  const batchPost = (paths: string, inputs: unknown[]): TestRequest => ({
    ...post(`${paths}?batch=1`),
    body: JSON.stringify(Object.assign({}, inputs.map(encode))),
  });
  const raw = (request: TestRequest, change: Partial<TestRequest>): TestRequest => ({
    ...request,
    ...change,
  });
  const typed = (contentType: string): Partial<TestRequest> => ({ headers: { 'content-type': contentType } });
  const save = post('save', { name: 'ada' });

  return {
    'a query': get('greet', { name: 'ada' }),
    'a query without input': get('now'),
    'a query whose input is optional': get('echo'),
    'a query with null': get('echo', null),
    'a query with a Date': get('echo', new Date(0)),
    'a nested query': get('nested.deep.value'),
    'an odd name': get('nested.deep.with-dash_and.dot'),
    'an odd name, encoded': get('nested%2Edeep%2ewith-dash_and.dot'),
    'a trailing slash': get('now/'),
    'two trailing slashes': get('now//'),
    'three trailing slashes': get('now///'),
    'a path with a slash in it': get('now/now'),
    'a double slash': get('/now'),
    'dot segments': get('x/../now'),
    'encoded dot segments': get('x/%2e%2e/now'),
    'a path that cannot be decoded': get('%zz'),
    'a path of bytes that are not UTF-8': get('%ff'),
    'no path': get(''),
    'a path that does not exist': get('nope'),
    'a path that does not exist, POST': post('nope', 1),
    'a router': get('nested'),
    'the prototype': get('__proto__'),
    'a method of objects': get('toString'),
    'a mutation': save,
    'a mutation without input': post('touch'),
    'a mutation without input, with a body that is not JSON': raw(post('touch'), { body: '{' }),
    'a mutation with an empty body': raw(save, { body: '' }),
    'a mutation with a charset': raw(save, typed('application/json; charset=utf-8')),
    'a mutation with a type in capitals': raw(save, typed('Application/JSON')),
    'a mutation with a byte order mark': raw(save, { body: `\uFEFF${json({ name: 'ada' })}` }),
    'a mutation in UTF-8': post('save', { name: 'é漢🎉' }),
    'a mutation with bytes that are not UTF-8': raw(save, { body: Buffer.from([0x22, 0xff, 0xc3, 0x22]) }),
    'a mutation with an input in the URL': raw(post('touch'), {
      path: '/trpc/save?input=%7B%22name%22%3A%22x%22%7D',
    }),
    'a body that is not JSON': raw(save, { body: '{"name":' }),
    'a body of null': raw(save, { body: 'null' }),
    'a body of a string': raw(save, { body: '"x"' }),
    'a body over the limit': post('save', { name: 'x'.repeat(200_000) }),
    'a body over the limit for a procedure without input': post('touch', { name: 'x'.repeat(200_000) }),
    'a body over the limit for no procedure': post('nope', { name: 'x'.repeat(200_000) }),
    'an input that does not validate': get('greet', { name: '' }),
    'an input that does not validate, POST': post('save', { wrong: 1 }),
    'an input that is missing': get('greet'),
    'an input that is not JSON': { path: '/trpc/greet?input=%7B' },
    'an input that is not encoded': { path: '/trpc/echo?input={"json":"a+b"}' },
    'an input that cannot be decoded': { path: '/trpc/echo?input=%22%ff%zz%22' },
    'an input with a plus for a space': { path: `/trpc/echo?input=${json('a b').replaceAll(' ', '+')}` },
    'an empty input': { path: '/trpc/echo?input=' },
    'an input without a value': { path: '/trpc/echo?input' },
    'two inputs': { path: '/trpc/echo?input=1&input=2' },
    'a field with an encoded name': { path: `/trpc/echo?%69nput=${encodeURIComponent(json('x'))}` },
    'a fragment': { path: '/trpc/now#batch' },
    'a mutation by GET': get('save', { name: 'x' }),
    'a query by POST': post('greet', { name: 'x' }),
    'a subscription by POST': post('on.count', { upTo: 1 }),
    PUT: raw(save, { method: 'PUT' }),
    DELETE: raw(save, { method: 'DELETE' }),
    PATCH: raw(save, { method: 'PATCH' }),
    OPTIONS: { method: 'OPTIONS', path: '/trpc/now' },
    HEAD: { method: 'HEAD', path: '/trpc/now' },
    'HEAD for no procedure': { method: 'HEAD', path: '/trpc/nope' },
    'no content type': { method: 'POST', path: '/trpc/save', body: '{}' },
    'a foreign content type': raw(save, typed('text/plain')),
    'an empty content type': raw(save, typed('')),
    'a GET with a foreign content type': raw(get('now'), typed('text/plain')),
    'a GET with a form': raw(get('now'), typed('multipart/form-data; boundary=x')),
    'a GET of bytes': raw(get('now'), typed('application/octet-stream')),
    bytes: raw(post('bytes'), { ...typed('application/octet-stream'), body: Buffer.from([1, 2, 3]) }),
    'bytes over the limit': raw(post('bytes'), {
      ...typed('application/octet-stream'),
      body: Buffer.alloc(200_000),
    }),
    'bytes where JSON is expected': raw(save, typed('application/octet-stream')),
    'a form': raw(post('form'), { ...typed('multipart/form-data; boundary=x'), body: form }),
    'a form that is broken': raw(post('form'), {
      ...typed('multipart/form-data; boundary=x'),
      body: 'nonsense',
    }),
    'a form where JSON is expected': raw(save, { ...typed('multipart/form-data; boundary=x'), body: form }),
    'a batch': batch('greet,now,echo', [{ name: 'ada' }, undefined, { x: 1 }]),
    'a batch of one': batch('greet', [{ name: 'ada' }]),
    'a batch with an error': batch('greet,fail,nope', [{ name: 'ada' }, 'FORBIDDEN']),
    'a batch of errors that are alike': batch('nope,nope', []),
    'a batch of errors that differ': batch('fail,fail', ['FORBIDDEN', 'CONFLICT']),
    'a batch with an error of validation': batch('greet,greet', [{ name: '' }, { name: 'x' }]),
    'a batch without inputs': { path: '/trpc/now,now?batch=1' },
    'a batch with an input that is no object': { path: '/trpc/greet,now?batch=1&input=%5B%5D' },
    'a batch with an input that is not JSON': { path: '/trpc/greet,now?batch=1&input=%7B' },
    'a batch with more inputs than calls': batch('echo', [1, 2, 3]),
    'a batch with an input of null': batch('echo,echo', [null, 0]),
    'an empty batch': { path: '/trpc/?batch=1' },
    'a batch with a trailing comma': batch('now,', []),
    'a batch with an encoded comma': { path: '/trpc/now%2Cnow?batch=1' },
    'a batch of mutations': batchPost('save,store', [{ name: 'ada' }, [1]]),
    'a batch of a body that is not JSON': raw(batchPost('save,touch', []), { body: '{' }),
    'a batch of a body over the limit': batchPost('save,touch', [{ name: 'x'.repeat(200_000) }]),
    'a batch of queries and mutations': batch('greet,save', [{ name: 'x' }]),
    'a batch of mutations by GET': batch('save,save', [{ name: 'x' }]),
    'a batch with a subscription': batch('on.count', [{ upTo: 1 }]),
    'a batch with a query and a subscription': batch('now,on.count', []),
    'a batch with a generator': batch('now,generated,promised', []),
    'batch=0': { path: '/trpc/now,now?batch=0' },
    'batch=true': { path: '/trpc/now,now?batch=true' },
    'a streamed response to one call': raw(get('now'), { headers: { 'trpc-accept': 'application/jsonl' } }),
    'an unknown trpc-accept': raw(get('now'), { headers: { 'trpc-accept': 'text/plain' } }),
    'a generator': get('generated'),
    'promises in a result': get('promised'),
    'an output that does not validate': get('checked'),
    'an output that is stripped': get('stripped'),
    'no output': get('empty'),
    null: get('nothing'),
    middlewares: get('guarded', 'go'),
    'a middleware that refuses': get('guarded', 'stop'),
    'a header from a procedure': get('cookie'),
    'a status from a procedure': get('teapot'),
    "an error with the procedure's own shape": get('shaped', 'CONFLICT'),
    "an error that the procedure's own shape does not change": get('shaped', 'FORBIDDEN'),
    'a lazy router': get('lazy.hello', 'you'),
    'a lazy router again': get('lazy.hello'),
    'a path that does not exist in a lazy router': get('lazy.nope'),
    'connection parameters': { path: '/trpc/now?connectionParams=%7B%22a%22%3A%22b%22%7D' },
    'connection parameters that are not JSON': { path: '/trpc/now?connectionParams=%7B' },
    'connection parameters that are not strings': { path: '/trpc/now?connectionParams=%7B%22a%22%3A1%7D' },
    'connection parameters of null': { path: '/trpc/now?connectionParams=null' },
    ...Object.fromEntries(Object.keys(oddValues()).map((name) => [`an output: ${name}`, get('odd', name)])),
    ...Object.fromEntries(
      Object.keys(TRPC_ERROR_CODES_BY_KEY).map((code) => [`an error: ${code}`, get('fail', code)]),
    ),
    ...Object.fromEntries(
      ['error', 'string', 'object', 'null', 'abort', 'undefined'].map((name) => [
        `thrown: ${name}`,
        get('throws', name),
      ]),
    ),
  };
}

const form = [
  '--x',
  'Content-Disposition: form-data; name="title"',
  '',
  'a title',
  '--x',
  'Content-Disposition: form-data; name="file"; filename="a.txt"',
  'Content-Type: text/plain',
  '',
  'contents',
  '--x--',
  '',
].join('\r\n');
