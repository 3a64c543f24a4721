// Requests that are cheap to send and made to be expensive to read.

export interface Attack {
  path: string;
  /** JSON, unless `headers` say something else. */
  body?: string | Uint8Array;
  headers?: Record<string, string>;
}

export interface Targets {
  chatId: string;
  agentId: string;
}

/** Nearly as long as a body may be. */
const BODY_BYTES = 999_000;
/** Nearly as long as an upload may be. */
const UPLOAD_BYTES = 1_990_000;
/** Nearly as long as the head of a request may be. */
const HEAD_BYTES = 14_000;

const fill = (unit: string, bytes: number): string =>
  unit.repeat(Math.floor(bytes / Buffer.byteLength(unit)));
const body = (unit: string): string => fill(unit, BODY_BYTES - 1_000);
const listOf = (item: string): string => `[${body(`${item},`)}${item}]`;
const keys = (count: number, value: string, name = (index: number) => `k${index}`): string =>
  `{${Array.from({ length: count }, (_, index) => `${JSON.stringify(name(index))}:${value}`).join(',')}}`;

/** JSON values of any field. */
const values: Record<string, string> = {
  'open brackets': body('['),
  'open braces': body('{"a":'),
  'nested arrays': '['.repeat(490_000) + ']'.repeat(490_000),
  'nested objects': `${'{"a":'.repeat(160_000)}0${'}'.repeat(160_000)}`,
  'arrays of 90 levels': listOf('['.repeat(90) + ']'.repeat(90)),
  'empty arrays': listOf('[]'),
  'empty objects': listOf('{}'),
  'as many empty arrays as a body may have': `[${'[],'.repeat(9_900)}[]]`,
  'as many keys as a body may have': keys(9_900, '{}'),
  'many keys': keys(70_000, '0'),
  'many indexes as keys': keys(70_000, '0', String),
  'many long keys': keys(9_000, '0', (index) => `${index}`.padStart(100, 'x')),
  'many keys in snake_case': keys(35_000, '0', (index) => `a_b_c_d_e_${index}`),
  'a long number': body('1'),
  'a long text': `"${body('x')}"`,
  'a text of spaces': `"a${body(' ')}b"`,
  'a text of escapes': `"${body('\\u0001')}"`,
  'a text of halves of characters': `"${body('\\ud83d')}"`,
  'a text of accents': `"${body('a\u0301\u0323')}"`,
  'a text of at signs': `"${body('a@')}"`,
  'an address with a long host': `"http://${body('ü')}.example/"`,
  'an address with a host of many labels': `"http://${body('ü.')}example/"`,
  'an address with a long path': `"http://a.example/${body('a/../')}"`,
};

/** Serialized by superjson. */
const annotated: Record<string, string> = {
  'a long big integer': `{"json":{"title":"${body('9')}"},"meta":{"values":{"title":["bigint"]}}}`,
  'a set whose items have types': `{"json":{"title":[${'1,'.repeat(9_000)}1]},"meta":{"values":{"title":["set",${keys(5_000, '["undefined"]', String)}]}}}`,
  'a regular expression': `{"json":{"title":"/${body('(a|')}/"},"meta":{"values":{"title":["regexp"]}}}`,
  'a map whose keys have types': `{"json":{"title":[${'[1,1],'.repeat(4_000)}[1,1]]},"meta":{"values":{"title":["map",${keys(3_000, '["undefined"]', (index) => `${index}.0`)}]}}}`,
  'many undefined fields': `{"json":{"title":"x"},"meta":{"values":${keys(9_900, '["undefined"]')}}}`,
  'undefined fields in many levels': `{"json":{"title":"x"},"meta":{"values":${'{"a":'.repeat(100)}${keys(9_000, '["undefined"]')}${'}'.repeat(100)}}}`,
  'an undefined field with a long path': `{"json":{"title":"x"},"meta":{"values":{"${body('a.')}":["undefined"]}}}`,
  'many identical objects': `{"json":{"title":"x"},"meta":{"referentialEqualities":{"title":[${'"b",'.repeat(9_000)}"b"]}}}`,
  'identical objects with a long path': `{"json":{"title":"x"},"meta":{"referentialEqualities":{"${body('a.')}":["b"]}}}`,
};

const field = (headers: string): string => `--b\r\n${headers}\r\n\r\n\r\n`;
const file = (bytes: string): string =>
  `--b\r\ncontent-disposition: form-data; name="avatar"; filename="a.png"\r\n\r\n${bytes}\r\n`;
const png = '\x89PNG\r\n\x1a\n';
const upload = (unit: string): string => fill(unit, UPLOAD_BYTES);

const forms: Record<string, string> = {
  'many fields': upload(field('content-disposition: form-data; name="a"')),
  'many files': upload(field('content-disposition: form-data; name="a"; filename="a"')),
  'many headers': field(upload('a:b\r\n').trimEnd()),
  'a long name': field(`content-disposition: form-data; name="${upload('%22')}"`),
  'a header of spaces': field(`content-disposition:${upload(' ')}x`),
  'a file of nearly boundaries': file(upload('\r\n--')),
  'a file of line ends': file(upload('\r\n')),
  'a picture of many chunks': file(png + upload('\0'.repeat(12))),
  'a picture that ends early': file(png + upload('\xff')),
};

const queries: Record<string, string> = {
  'many parameters': fill('a&', HEAD_BYTES),
  'one parameter many times': fill('limit&', HEAD_BYTES),
  escapes: `query=${fill('%25', HEAD_BYTES)}`,
  'broken escapes': `query=${fill('%ff', HEAD_BYTES)}`,
  brackets: `input=${fill('[', HEAD_BYTES)}`,
  'many words': `query=${fill('+a', 200)}`,
  quotes: `query=${fill('%22', 600)}`,
  minuses: `query=a+${fill('-', 190)}`,
};

const headers: Record<string, string> = {
  cookie: fill('a=b; ', HEAD_BYTES),
  authorization: `Bearer ${fill(' ', HEAD_BYTES)}x`,
  origin: `http://${fill('a.', HEAD_BYTES)}`,
  'x-forwarded-for': fill('1,', HEAD_BYTES),
  'if-none-match': fill('W/,', HEAD_BYTES),
  'accept-encoding': fill('gzip,', HEAD_BYTES),
  'trpc-accept': fill('a,', HEAD_BYTES),
};

/** Each name has the requests that carry the same content. */
export function attacksOn({ chatId, agentId }: Targets): Record<string, Attack[]> {
  const entries: [string, Attack[]][] = [
    ...Object.entries(values).map(([name, value]): [string, Attack[]] => [
      `a body of ${name}`,
      [
        { path: '/api/chats', body: value },
        { path: '/trpc/chat.create', body: value },
        { path: '/trpc/chat.create', headers: { 'trpc-accept': 'application/jsonl' }, body: value },
        { path: '/api/chats', body: `{"title":${value}}` },
        { path: '/trpc/chat.create', body: `{"json":{"title":${value}}}` },
        { path: '/trpc/chat.create,chat.create?batch=1', body: `{"0":{"json":${value}},"1":{"json":{}}}` },
        {
          path: '/api/agents',
          body: `{"name":"a","webhook_url":"http://a.example","config":{"a":${value}}}`,
        },
        {
          path: '/trpc/agent.create',
          body: `{"json":{"name":"a","webhookUrl":"http://a.example","config":${value}}}`,
        },
        { path: '/api/agents', body: `{"name":"a","webhook_url":${value}}` },
        { path: `/api/chats/${chatId}/messages`, body: `{"content":${value}}` },
        { path: '/api/auth/register', body: `{"email":${value}}` },
        { path: '/api/auth/register', body: `{"password":${value}}` },
        { path: '/api/auth/login', body: `{"email":"a@a.example","password":${value}}` },
      ],
    ]),
    ...Object.entries(annotated).map(([name, json]): [string, Attack[]] => [
      `a body of ${name}`,
      [{ path: '/trpc/chat.create', body: json }],
    ]),
    ...Object.entries(forms).map(([name, parts]): [string, Attack[]] => [
      `a form of ${name}`,
      [`/api/agents/${agentId}/avatar`, '/trpc/agent.setAvatar'].map((path) => ({
        path,
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
        body: Buffer.from(`${parts}--b--\r\n`, 'latin1'),
      })),
    ]),
    ...Object.entries(queries).map(([name, query]): [string, Attack[]] => [
      `a query of ${name}`,
      [{ path: `/api/chats/search?${query}` }, { path: `/trpc/chat.search?${query}` }],
    ]),
    ...Object.entries(headers).map(([name, value]): [string, Attack[]] => [
      `the header ${name}`,
      [{ path: '/api/chats', headers: { [name]: value } }],
    ]),
    [
      'the header accept',
      [
        {
          path: `/api/chats/${chatId}/messages`,
          headers: { accept: `text/event-stream${fill(' ', HEAD_BYTES)};q=0` },
          body: '{"content":"Hello"}',
        },
      ],
    ],
    [
      'a path',
      [
        { path: `/api${fill('/', HEAD_BYTES)}` },
        { path: `/trpc/${fill('.', HEAD_BYTES)}` },
        { path: `/trpc/${fill('a,', HEAD_BYTES)}?batch=1` },
        { path: `/trpc/${fill('%2e', HEAD_BYTES)}` },
        { path: `/${fill('a/', HEAD_BYTES)}`, headers: { accept: 'text/html' } },
      ],
    ],
  ];
  return Object.fromEntries(entries);
}
