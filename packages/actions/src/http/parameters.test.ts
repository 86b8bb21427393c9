import { describe, expect, it } from 'vitest';
import { callWith, errorOf, openAction } from './http.fixture.ts';
import { readExchange } from './parameters.ts';

const MIB = 1024 * 1024;

describe('parameters', () => {
  it.each([
    ['an unknown one', { url: 'http://example.com/', follow: true }],
    ['a method that is none', { url: 'http://example.com/', method: 'CONNECT' }],
    ['no URL', {}],
    ['too large a limit', { url: 'http://example.com/', max_response_bytes: 8 * MIB + 1 }],
    ['a timeout of nothing', { url: 'http://example.com/', timeout_seconds: 0 }],
    ['a status that is none', { url: 'http://example.com/', expected_status: ['abc'] }],
    ['a header for framing', { url: 'http://example.com/', headers: { 'Content-Length': '1' } }],
    ['a host header', { url: 'http://example.com/', headers: { HOST: 'internal' } }],
    ['a line break in a header', { url: 'http://127.0.0.1:9/', headers: { a: 'b\r\nc: d' } }],
    ['a header name that is none', { url: 'http://127.0.0.1:9/', headers: { 'a b': 'c' } }],
  ])('with %s are refused', async (_what, parameters) => {
    const outcome = await openAction()(parameters);
    expect(errorOf(outcome)).toMatchObject({
      classification: 'validation',
      type: 'invalid_request',
    });
  });

  it('with a URL that is none are refused as such', async () => {
    expect(errorOf(await openAction()({ url: '//127.0.0.1/' })).type).toBe('invalid_url');
  });
});

describe('readExchange', () => {
  it('fills in every default', () => {
    const exchange = readExchange(callWith({ url: 'http://example.com' }));
    expect(exchange).toMatchObject({
      hop: { url: 'http://example.com/', method: 'GET', body: undefined },
      timeoutMs: 30_000,
      followRedirects: true,
      expected: ['2xx'],
      format: 'auto',
      maxBytes: MIB,
    });
  });

  it('lets the caller replace what it would send by itself', () => {
    const headers = { 'User-Agent': 'mine', ACCEPT: 'text/csv', 'accept-encoding': 'identity' };
    const { hop } = readExchange(callWith({ url: 'http://example.com/', headers }));
    expect(Object.fromEntries(hop.headers)).toEqual({
      'user-agent': 'mine',
      accept: 'text/csv',
      'accept-encoding': 'identity',
    });
  });

  it('sends a string as it is, null not at all, and all else as JSON', () => {
    const bodyOf = (body: null | string | number | boolean | readonly number[]) =>
      readExchange(callWith({ url: 'http://example.com/', method: 'POST', body })).hop.body;
    expect(bodyOf('{')).toBe('{');
    expect(bodyOf('')).toBe('');
    expect(bodyOf(null)).toBeUndefined();
    expect(bodyOf(0)).toBe('0');
    expect(bodyOf(false)).toBe('false');
    expect(bodyOf([1, 2])).toBe('[1,2]');
  });

  it('leaves the query of a URL alone when it has nothing to add', () => {
    const urlOf = (url: string, query = {}) => readExchange(callWith({ url, query })).hop.url;
    expect(urlOf('http://example.com/?a=%20b')).toBe('http://example.com/?a=%20b');
    expect(urlOf('http://example.com/', { none: null, empty: [] })).toBe('http://example.com/');
    expect(urlOf('http://example.com/#frag', { a: '/?&=' })).toBe(
      'http://example.com/?a=%2F%3F%26%3D#frag',
    );
  });

  it('says which parameter does not fit', () => {
    const read = (parameters: Parameters<typeof callWith>[0]) => () =>
      readExchange(callWith(parameters));
    expect(read({ url: 'http://example.com/', timeout_seconds: 'soon' })).toThrow(
      /timeout_seconds/,
    );
    expect(read({ url: 'http://example.com/', headers: { Host: 'x' } })).toThrow(/Host/);
  });
});
