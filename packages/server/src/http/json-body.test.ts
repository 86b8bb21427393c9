import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OrchestrationError } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonBody } from './json-body.ts';

const vectors = join(process.env.TENUTO_VECTORS ?? 'vectors', 'hostile-input/json');

function refusalOf(text: string | Buffer): OrchestrationError {
  try {
    readJsonBody(Buffer.from(text));
  } catch (error) {
    if (error instanceof OrchestrationError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('a JSON body', () => {
  it('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 20 }), (value) => {
        const text = JSON.stringify(value);
        if (/__proto__|\\ud|\\u0000/.test(text)) return;
        expect(readJsonBody(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('is never read as anything but data or refused with a 400', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          readJsonBody(Buffer.from(bytes));
        } catch (error) {
          expect(error).toMatchObject({ code: 'malformed_request', status: 400 });
        }
      }),
    );
  });

  it('may be nested 64 deep and no deeper', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(() => readJsonBody(Buffer.from(nested(64)))).not.toThrow();
    expect(refusalOf(nested(65)).message).toContain('nested deeper than 64');
    expect(refusalOf(nested(1_000_000)).status).toBe(400);
    expect(refusalOf('{"a":'.repeat(100_000)).status).toBe(400);
  });

  it('names the path of a text that cannot be stored', () => {
    expect(refusalOf('{"a":[{"b/c~":"x\\u0000"}]}').validationErrors[0]?.path).toBe('/a/0/b~1c~0');
    expect(refusalOf('{"a":"\\ud800"}').validationErrors[0]?.path).toBe('/a');
    expect(refusalOf('{"k\\u0000":1}').validationErrors[0]?.message).toContain('NUL');
    expect(refusalOf('{"\\udfff":1}').validationErrors).toHaveLength(1);
  });

  it('has no key named __proto__, however it is written', () => {
    for (const key of ['__proto__', '\\u005f_proto__', '_\\u005Fp\\u0072oto__']) {
      expect(refusalOf(`{"a":{"${key}":{"x":1}}}`).validationErrors[0]?.message).toContain('name');
    }
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
  });

  it('may hold constructors and prototypes as plain data', () => {
    const value = readJsonBody(Buffer.from('{"constructor":{"prototype":{"a":1}},"toString":2}'));
    expect(value).toEqual({ constructor: { prototype: { a: 1 } }, toString: 2 });
  });

  it('holds no number that would be stored as another', () => {
    expect(refusalOf('{"n":1e999}').validationErrors[0]?.path).toBe('/n');
    expect(refusalOf('[-1e999]').status).toBe(400);
  });

  it('is UTF-8 without a mark at its beginning', () => {
    expect(refusalOf(Buffer.from([0x22, 0xff, 0x22])).message).toContain('UTF-8');
    expect(refusalOf(Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d])).status).toBe(400);
  });

  it('takes the last of two equal keys, like every other reader here', () => {
    expect(readJsonBody(Buffer.from('{"a":1,"a":2}'))).toEqual({ a: 2 });
  });
});

describe.skipIf(!existsSync(vectors))('the JSON parsing suite', () => {
  const files = existsSync(vectors) ? readdirSync(join(vectors, 'test_parsing')) : [];
  it.each(files)('%s', (file) => {
    const bytes = readFileSync(join(vectors, 'test_parsing', file));
    if (file.startsWith('n_')) expect(refusalOf(bytes).code).toBe('malformed_request');
    else if (file.startsWith('y_') && !file.includes('null_escape')) {
      expect(readJsonBody(bytes)).toEqual(JSON.parse(bytes.toString('utf8')));
    } else {
      // Implementations differ here; ours reads it or says why not.
      try {
        readJsonBody(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(OrchestrationError);
      }
    }
  });
});

if (!existsSync(vectors)) console.warn('skipped the JSON parsing suite: its files are not here');
