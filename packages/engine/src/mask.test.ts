import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMask } from './mask.ts';

const done = (output: string) => ({ status: 'completed' as const, output });

describe('a mask', () => {
  it('hides a value wherever it stands, as it is, in JSON, in an address and in base64', () => {
    const value = fc.string({ minLength: 8, maxLength: 40, unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(value, fc.string(), fc.string(), (secret, before, after) => {
        // A secret that is a part of `***` would be found in what hides it.
        fc.pre(!'***'.includes(secret) && !before.includes(secret) && !after.includes(secret));
        const mask = createMask([secret]);
        const basic = Buffer.from(`${before}${secret}${after}`).toString('base64');
        const texts = [secret, JSON.stringify({ secret }), encodeURIComponent(secret)];
        for (const text of texts) {
          const hidden = mask.text(before + text + after);
          expect(hidden).not.toContain(text);
        }
        const left = Buffer.from(mask.text(basic), 'base64').toString();
        if (secret.length >= 12) expect(left).not.toContain(secret);
      }),
    );
  });

  it('leaves what is no secret as it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('zz-not-in-text'));
        expect(createMask(['zz-not-in-text']).text(text)).toBe(text);
      }),
    );
  });

  it('hides the longer of two secrets of which one is a part of the other', () => {
    expect(createMask(['pass', 'password-1']).text('password-1 pass')).toBe('*** ***');
  });

  it('hides each line of a key file', () => {
    const key = 'BEGIN KEY ----\nabcdefghijkl\nEND KEY ------';
    expect(createMask([key]).text('line: abcdefghijkl')).toBe('line: ***');
  });

  it('hides a short value only where it stands alone', () => {
    const mask = createMask(['ab']);
    expect(mask.text('cab')).toBe('cab');
    expect(mask.text('ab')).toBe('***');
  });

  it('hides keys, numbers, errors, artifacts and tests too', () => {
    const mask = createMask(['12345678']);
    const masked = mask.outcome({
      status: 'failed',
      output: { 'k 12345678': [12345678, { deep: 'x12345678' }] },
      error: {
        classification: 'unknown',
        type: 't',
        message: 'm 12345678',
        details: { a: '12345678' },
      },
      artifacts: [{ name: 'a', mediaType: 'text/plain', bytes: Buffer.from('x12345678y12345678') }],
    });
    expect(masked).toMatchObject({
      output: { 'k ***': ['***', { deep: 'x***' }] },
      error: { message: 'm ***', details: { a: '***' } },
    });
    const [artifact] = (masked.status === 'failed' && masked.artifacts) || [];
    expect(Buffer.from(artifact?.bytes ?? []).toString()).toBe('x***y***');
  });

  it('leaves waiting as it is', () => {
    const wait = { status: 'waiting', wait: { kind: 'time', until: 5 } } as const;
    expect(createMask(['5555']).outcome(wait)).toBe(wait);
    expect(createMask(['secret']).outcome(done('a secret'))).toEqual(done('a ***'));
  });
});
