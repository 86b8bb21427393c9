import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HttpFailure } from './failure.ts';
import { errorOf, openAction, outputOf, serve, serveAnswer, serveBytes } from './http.fixture.ts';
import { readBody, shapeBody } from './response-body.ts';

const MIB = 1024 * 1024;

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let start = 0; start < bytes.length; start += size)
    yield bytes.subarray(start, start + size);
}

describe('the answer', () => {
  it('is JSON when it says so, text when it is text, base64 when it is neither', async () => {
    const send = openAction();
    const bodyOf = async (type: string, body: string | Buffer, response = 'auto') => {
      const url = await serveAnswer(200, type === '' ? {} : { 'content-type': type }, body);
      return outputOf(await send({ url, response })).body;
    };
    expect(await bodyOf('application/problem+json', '{"a":1}')).toEqual({ a: 1 });
    expect(await bodyOf('application/json', '{"a":')).toBe('{"a":');
    expect(await bodyOf('text/html; charset=latin1', Buffer.from([0xe9]))).toBe('é');
    expect(await bodyOf('', Buffer.from([0xff, 0x00]))).toBe('/wA=');
    expect(await bodyOf('application/octet-stream', 'abc')).toBe('YWJj');
    expect(await bodyOf('text/plain', '[1]', 'json')).toEqual([1]);
    expect(await bodyOf('application/json', '[1]', 'text')).toBe('[1]');
    expect(await bodyOf('application/json', '[1]', 'base64')).toBe('WzFd');
    expect(await bodyOf('application/json', '')).toBeNull();
  });

  it('is refused when it should be JSON and is not, or is nested without end', async () => {
    const send = openAction();
    for (const body of ['no', '['.repeat(200_000) + ']'.repeat(200_000)]) {
      const url = await serveAnswer(200, {}, body);
      expect(errorOf(await send({ url, response: 'json' }))).toMatchObject({
        classification: 'permanent',
        type: 'invalid_response',
      });
    }
  });

  it('is decompressed', async () => {
    const send = openAction();
    for (const [coding, body] of [
      ['gzip', zlib.gzipSync('hello')],
      ['br', zlib.brotliCompressSync('hello')],
      ['deflate', zlib.deflateSync('hello')],
      ['br, gzip', zlib.gzipSync(zlib.brotliCompressSync('hello'))],
    ] as const) {
      const url = await serveAnswer(200, { 'content-encoding': coding }, body);
      expect(outputOf(await send({ url })).body, coding).toBe('hello');
    }
  });

  it('that is damaged or compressed over and over is refused', async () => {
    const send = openAction();
    for (const [coding, body] of [
      ['gzip', 'not gzip'],
      ['gzip', zlib.gzipSync('hello').subarray(0, 12)],
      ['gzip, gzip, gzip, gzip', 'x'],
    ] as const) {
      const url = await serveAnswer(200, { 'content-encoding': coding }, body);
      expect(errorOf(await send({ url })).type).toBe('invalid_response');
    }
  });

  it('may be as large as the limit and no larger', async () => {
    const send = openAction();
    const url = await serveAnswer(200, {}, 'x'.repeat(1000));
    expect(outputOf(await send({ url, max_response_bytes: 1000 })).body).toHaveLength(1000);
    expect(errorOf(await send({ url, max_response_bytes: 999 }))).toMatchObject({
      classification: 'permanent',
      type: 'response_too_large',
    });
  });

  it('without an end is cut off at the limit', async () => {
    const url = await serve((request, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      const write = () => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', write);
      };
      write();
      request.on('error', () => {});
    });
    expect(errorOf(await openAction()({ url })).type).toBe('response_too_large');
  });

  it('counts by its decompressed size, so that a bomb does not go off', async () => {
    const send = openAction();
    const bomb = zlib.gzipSync(Buffer.alloc(64 * MIB));
    const url = await serveAnswer(200, { 'content-encoding': 'gzip' }, bomb);
    expect(errorOf(await send({ url })).type).toBe('response_too_large');
    const twice = await serveAnswer(200, { 'content-encoding': 'gzip, gzip' }, zlib.gzipSync(bomb));
    expect(errorOf(await send({ url: twice })).type).toBe('response_too_large');
  });

  it('with headers without end is cut off', async () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => `x-${index}: y\r\n`).join('');
    const url = await serveBytes(`HTTP/1.1 200 OK\r\n${lines}\r\n`);
    const { classification, type } = errorOf(await openAction()({ url }));
    expect([classification, type]).toEqual(['permanent', 'response_too_large']);
  });

  it('that frames its body in two ways at once is handled', async () => {
    const url = await serveBytes(
      'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
    );
    const outcome = await openAction()({ url });
    expect(['completed', 'failed']).toContain(outcome.status);
  });

  it('that is not HTTP is refused for good', async () => {
    const url = await serveBytes('SSH-2.0-OpenSSH_9.9\r\n');
    expect(errorOf(await openAction()({ url }))).toMatchObject({
      classification: 'permanent',
      type: 'invalid_response',
    });
  });

  it('keeps hostile header names as data', async () => {
    const url = await serveBytes(
      'HTTP/1.1 200 OK\r\n__proto__: a\r\nset-cookie: a=1\r\nset-cookie: b=2\r\ncontent-length: 0\r\n\r\n',
    );
    const { headers } = outputOf(await openAction()({ url }));
    expect(headers).toHaveProperty('set-cookie', ['a=1', 'b=2']);
    expect(Object.hasOwn(Object(headers), '__proto__')).toBe(true);
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
  });

  it('to HEAD has no body even when it says how it is compressed', async () => {
    const url = await serveAnswer(200, { 'content-encoding': 'gzip', 'content-length': '20' });
    expect(outputOf(await openAction()({ url, method: 'HEAD' })).body).toBeNull();
  });
});

describe('readBody', () => {
  const compress = {
    gzip: zlib.gzipSync,
    deflate: zlib.deflateSync,
    br: zlib.brotliCompressSync,
  } as const;
  const coding = fc.constantFrom('gzip' as const, 'deflate' as const, 'br' as const);

  it('gives back what was compressed, in whatever pieces it comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 2_000 }),
        fc.array(coding, { maxLength: 3 }),
        fc.integer({ min: 1, max: 500 }),
        async (bytes, codings, size) => {
          const wire = codings.reduce<Uint8Array>((inner, name) => compress[name](inner), bytes);
          const options = { maxBytes: 10_000, coding: codings.join(', ') };
          const read = await readBody(inPieces(wire, size), options);
          expect(Buffer.compare(read, bytes)).toBe(0);
        },
      ),
    );
  });

  it('never returns more than it may, and never fails but with a reason', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 2_000 }),
        coding,
        fc.boolean(),
        fc.integer({ min: 1, max: 2_500 }),
        async (bytes, name, honest, maxBytes) => {
          const wire = honest ? compress[name](bytes) : bytes;
          const work = readBody(inPieces(wire, 100), { maxBytes, coding: name });
          const result = await work.catch((error: unknown) => error);
          if (Buffer.isBuffer(result)) expect(result.length).toBeLessThanOrEqual(maxBytes);
          else expect(result).toBeInstanceOf(HttpFailure);
        },
      ),
    );
  });

  it('stops reading once the limit is passed', async () => {
    let read = 0;
    const endless = async function* () {
      for (;;) {
        read++;
        yield new Uint8Array(100);
      }
    };
    await expect(readBody(endless(), { maxBytes: 1_000, coding: undefined })).rejects.toThrow();
    expect(read).toBe(11);
  });

  it('leaves an unknown coding as it is', async () => {
    const bytes = Buffer.from('whatever');
    const options = { maxBytes: 100, coding: 'x-unknown' };
    expect(await readBody(inPieces(bytes, 3), options)).toEqual(bytes);
  });
});

describe('shapeBody', () => {
  const shape = (bytes: Buffer, contentType = '', format: 'auto' | 'text' | 'json' = 'auto') =>
    shapeBody(bytes, { format, contentType });

  it('gives any JSON back as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 10 }), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.stringify(shape(Buffer.from(text), 'application/json'))).toBe(text);
      }),
    );
  });

  it('gives any bytes a shape that JSON can carry', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        for (const type of [
          '',
          'text/plain',
          'application/json',
          'image/png',
          'text/x; charset=?',
        ]) {
          const value = shape(Buffer.from(bytes), type);
          expect(JSON.parse(JSON.stringify(value))).toEqual(value);
        }
      }),
    );
  });

  it('takes the declared charset at its word, and bytes that do not fit it for binary', () => {
    const utf16 = Buffer.from('{"a":"é"}', 'utf16le');
    expect(shape(utf16, 'application/json; charset=utf-16le')).toEqual({ a: 'é' });
    expect(shape(Buffer.from([0xc3]), 'text/plain')).toBe('ww==');
    expect(shape(Buffer.from([0xc3]), 'text/plain', 'text')).toBe('\ufffd');
    expect(shape(Buffer.from('a'), 'text/plain; charset=klingon')).toBe('YQ==');
  });

  it('keeps text that JSON types do not name as text', () => {
    expect(shape(Buffer.from('[1]'), 'text/json-lines')).toBe('[1]');
    expect(shape(Buffer.from('<svg/>'), 'image/svg+xml')).toBe('<svg/>');
    expect(shape(Buffer.from(''), 'text/plain', 'text')).toBe('');
    expect(shape(Buffer.from(''), 'text/plain', 'json')).toBeNull();
  });

  it('takes JSON down to the depth that a request may have, and no deeper', () => {
    const nested = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth));
    expect(shape(nested(64), '', 'json')).toBeInstanceOf(Array);
    expect(() => shape(nested(70), '', 'json')).toThrow(HttpFailure);
    expect(shape(nested(70), 'application/json')).toBeTypeOf('string');
  });
});
