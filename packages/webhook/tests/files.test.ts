import { describe, expect, it } from 'vitest';
import { call } from './call-raw-agent.ts';
import { parseInPieces } from './collect-answer.ts';
import { httpAnswer } from './raw-agent.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const asciiPdf = latin1('%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << >>\n%%EOF\n');

describe('an answer that is a file', () => {
  it('a PDF of ASCII is refused by a clear error, from a real socket', async () => {
    const { text, reason, error } = await call((socket) => {
      socket.end(httpAnswer(asciiPdf.toString(), 'text/html'));
    });
    expect({ text, reason }).toEqual({ text: '', reason: 'AGENT_PROTOCOL_ERROR' });
    expect(error?.message).toContain('a file instead of text');
    expect(error?.hint).toContain('a PDF document');
  });

  it.each([
    ['a PDF', asciiPdf],
    ['a PNG', latin1('\x89PNG\r\n\x1a\n\0\0\0\rIHDR')],
    ['a JPEG', latin1('\xff\xd8\xff\xe0\0\x10JFIF\0')],
    ['a GIF', latin1('GIF89a\x01\0\x01\0\x80\0\0')],
    ['a WebP', latin1('RIFF\x24\0\0\0WEBPVP8 ')],
    ['a WAV', latin1('RIFF\x24\0\0\0WAVEfmt ')],
    ['an Ogg', latin1('OggS\0\x02\0\0\0\0\0\0\0\0')],
    ['an MP3', latin1('ID3\x03\0\0\0\0\0\x21TSSE')],
    ['an MP4', latin1('\0\0\0\x18ftypmp42\0\0\0\0')],
    ['a zip', latin1('PK\x03\x04\x14\0\0\0')],
  ])('%s is recognized by its first bytes, however they are split', (_, bytes) => {
    const pieces = [[bytes], Array.from(bytes, (byte) => Uint8Array.of(byte))];
    for (const split of pieces) {
      for (const type of ['text/html; charset=utf-8', 'application/octet-stream', null]) {
        const { text, error } = parseInPieces(split, type);
        expect([text, error?.message]).toEqual([
          '',
          'The agent sent a file instead of text, which cannot be shown.',
        ]);
      }
    }
  });

  it.each(['image/png', 'audio/mpeg', 'application/pdf', 'video/mp4'])(
    '%s is recognized by its type',
    (type) => {
      const { text, reason } = parseInPieces([Buffer.from('some bytes')], type);
      expect({ text, reason }).toEqual({ text: '', reason: 'AGENT_PROTOCOL_ERROR' });
    },
  );

  it('JSON with the type of a file is read', () => {
    expect(parseInPieces([Buffer.from('{"output":"Hi"}')], 'image/png').text).toBe('Hi');
  });

  it.each(['%PDF- is how it starts', 'GIF89a has transparency', 'ID3 tags', 'RIFF raff', 'I', 'PK', 'G'])(
    'the text %j is not a file',
    (text) => {
      const bytes = Buffer.from(text);
      for (const pieces of [[bytes], Array.from(bytes, (byte) => Uint8Array.of(byte))]) {
        expect(parseInPieces(pieces, 'text/html').text).toBe(text);
        expect(parseInPieces(pieces, 'text/html', {}, 'cut').text).toBe(text);
      }
    },
  );
});
