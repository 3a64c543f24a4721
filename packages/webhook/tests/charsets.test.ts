import { describe, expect, it } from 'vitest';
import { call } from './call-raw-agent.ts';
import { parseInPieces } from './collect-answer.ts';

const bytewise = (bytes: Uint8Array) => Array.from(bytes, (byte) => Uint8Array.of(byte));
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

/** Parses a body in one piece, and checks that single bytes give the same answer. */
function read(bytes: Uint8Array, contentType: string | null) {
  const whole = parseInPieces([bytes], contentType);
  const split = parseInPieces(bytewise(bytes), contentType);
  expect([split.text, split.reason, split.error?.hint]).toEqual([
    whole.text,
    whole.reason,
    whole.error?.hint,
  ]);
  return whole;
}

describe('the charset of an answer', () => {
  it('an answer in ISO 8859-1 is read as such, from a real socket', async () => {
    const { text } = await call((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=iso-8859-1\r\n');
      socket.end(Buffer.from('Content-Length: 10\r\n\r\nCafé crème', 'latin1'));
    });
    expect(text).toBe('Café crème');
  });

  it.each([
    ['iso-8859-1', Buffer.from('Café crème', 'latin1'), 'Café crème'],
    ['windows-1252', Buffer.from([0x93, 0x48, 0x69, 0x94, 0x20, 0x35, 0x20, 0x80]), '“Hi” 5 €'],
    ['GBK', Buffer.from([0xc4, 0xe3, 0xba, 0xc3]), '你好'],
    ['gb2312', Buffer.from([0xc4, 0xe3, 0xba, 0xc3]), '你好'],
    ['gb18030', Buffer.from([0x94, 0x39, 0xda, 0x33]), '💩'],
    ['Shift_JIS', Buffer.from([0x83, 0x65, 0x83, 0x58, 0x83, 0x67]), 'テスト'],
    ['euc-kr', Buffer.from([0xc7, 0xd1, 0xb1, 0xdb]), '한글'],
    ['iso-2022-jp', Buffer.from([0x1b, 0x24, 0x42, 0x46, 0x7c, 0x1b, 0x28, 0x42]), '日'],
    ['utf-16', Buffer.from('Hé 😀', 'utf16le'), 'Hé 😀'],
    ['utf-16', Buffer.from('\ufeffHé 😀', 'utf16le'), 'Hé 😀'],
    ['utf-16', utf16be('\ufeffHé 😀'), 'Hé 😀'],
    ['utf-16be', utf16be('Hé 😀 \ufffd'), 'Hé 😀 \ufffd'],
  ])('an answer in %s is decoded, in one piece and byte by byte', (charset, bytes, text) => {
    expect(read(bytes, `text/plain; charset=${charset}`)).toMatchObject({ text, outcome: 'succeeded' });
    expect(read(bytes, `text/plain;format=flowed; Charset="${charset}"`).text).toBe(text);
  });

  it('JSON and server-sent events are decoded before they are parsed', () => {
    const json = Buffer.from('{"output":"Café"}', 'utf16le');
    expect(read(json, 'application/json; charset=utf-16').text).toBe('Café');
    const events = Buffer.from('data: {"content":"Café"}\n\ndata: [DONE]\n\n', 'latin1');
    expect(read(events, 'text/event-stream;charset=ISO-8859-1').text).toBe('Café');
  });

  it('a byte order mark wins over the declared charset, and needs none', () => {
    const utf16 = Buffer.from('\ufeffCafé', 'utf16le');
    expect(read(utf16, null).text).toBe('Café');
    expect(read(utf16, 'text/plain; charset=utf-8').text).toBe('Café');
    expect(read(Buffer.from('\ufeffCafé'), 'text/plain; charset=iso-8859-1').text).toBe('Café');
  });

  it.each([
    'text/plain',
    'text/plain; charset=',
    'text/plain; charset=klingon',
    'text/plain; charset=us-ascii',
  ])('an answer of type %s is UTF-8', (contentType) => {
    expect(read(Buffer.from('Café'), contentType).text).toBe('Café');
  });

  it('a short answer that looks like the start of a byte order mark is not lost', () => {
    expect(read(Buffer.from('ï', 'latin1'), 'text/plain; charset=latin1').text).toBe('ï');
  });

  it.each([
    ['gbk', [0xc4, 0xe3, 0xff, 0x41], '你', 'GBK'],
    ['gbk', [0xc4, 0xe3, 0xba], '你', 'GBK'],
    ['shift_jis', [0x41, 0x80], 'A', 'SHIFT_JIS'],
    ['utf-16le', [0x41, 0x00, 0x00, 0xdc, 0x41, 0x00], 'A', 'UTF-16LE'],
    ['utf-16le', [0x41, 0x00, 0x41], 'A', 'UTF-16LE'],
    ['utf-8', [0x41, 0xff], 'A', 'UTF-8'],
  ])(
    'bytes that are invalid in %s fail the answer, and the text before them is kept',
    (charset, bytes, text, named) => {
      const answer = read(Uint8Array.from(bytes), `text/plain; charset=${charset}`);
      expect(answer).toMatchObject({ text, reason: 'AGENT_PROTOCOL_ERROR' });
      expect(answer.error?.hint).toContain(`not valid ${named} `);
    },
  );

  it('the agent’s own words about a failure are decoded, too', async () => {
    const { error } = await call((socket) => {
      socket.write('HTTP/1.1 500 Error\r\nContent-Type: application/json; charset=iso-8859-1\r\n');
      socket.end(Buffer.from('Content-Length: 21\r\n\r\n{"message":"Panne é"}', 'latin1'));
    });
    expect(error?.hint).toContain('Panne é');
  });
});
