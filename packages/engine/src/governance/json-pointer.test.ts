import { describe, expect, it } from 'vitest';
import { atPointer } from './json-pointer.ts';

/** The document of RFC 6901, section 5. */
const DOCUMENT = {
  ...{ foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'c%d': 2, 'e^f': 3, 'g|h': 4 },
  ...{ 'i\\j': 5, 'k"l': 6, ' ': 7, 'm~n': 8 },
};

describe('a JSON Pointer', () => {
  it.each([
    ['', DOCUMENT],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ])('%j names what RFC 6901 says', (pointer, expected) => {
    expect(atPointer(DOCUMENT, pointer)).toEqual(expected);
  });

  it.each([
    'foo',
    '/foo/2',
    '/foo/00',
    '/foo/-',
    '/foo/length',
    '/toString',
    '/__proto__',
    '/a/b',
  ])('%s names nothing', (pointer) => {
    expect(atPointer(DOCUMENT, pointer)).toBeUndefined();
  });
});
