import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVault, KEY_BYTES, VaultError } from './vault.ts';

const random = { bytes: (count: number) => randomBytes(count) };
const vault = createVault(randomBytes(KEY_BYTES), random);

describe('a vault', () => {
  it('opens what it has sealed, and only for what it was sealed for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (secret, of) => {
        const sealed = vault.seal(secret, of);
        expect(vault.open(sealed, of)).toBe(secret);
        expect(() => vault.open(sealed, `${of}x`)).toThrow(VaultError);
      }),
    );
  });

  it('seals the same secret differently each time', () => {
    expect(vault.seal('a', 'x')).not.toEqual(vault.seal('a', 'x'));
  });

  it('leaves nothing of the secret to be read', () => {
    const sealed = Buffer.from(vault.seal('a-secret-that-is-known', 'x'));
    expect(sealed.includes('secret')).toBe(false);
  });

  it('opens nothing in which a single bit is another', () => {
    const sealed = vault.seal('secret', 'x');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => vault.open(changed, 'x')).toThrow(VaultError);
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => vault.open(sealed.subarray(0, length), 'x')).toThrow(VaultError);
    }
  });

  it('says which setting is wrong when another key has sealed it', () => {
    const other = createVault(randomBytes(KEY_BYTES), random);
    expect(() => other.open(vault.seal('secret', 'x'), 'x')).toThrow('TENUTO_SECRET_KEY');
  });

  it('opens what was sealed under a key before, and seals under the present one', () => {
    const [old, present] = [randomBytes(KEY_BYTES), randomBytes(KEY_BYTES)];
    const before = createVault(old, random);
    const after = createVault(present, random, [randomBytes(KEY_BYTES), old]);
    expect(after.open(before.seal('secret', 'x'), 'x')).toBe('secret');
    expect(() => after.open(before.seal('secret', 'x'), 'y')).toThrow(VaultError);
    const sealed = after.seal('secret', 'x');
    expect(Buffer.from(sealed).subarray(0, after.head.length)).toEqual(Buffer.from(after.head));
    expect(createVault(present, random).open(sealed, 'x')).toBe('secret');
    expect(() => before.open(sealed, 'x')).toThrow('another key');
  });

  it('has one fingerprint for one secret under one key', () => {
    expect(vault.fingerprint('a')).toBe(vault.fingerprint('a'));
    expect(vault.fingerprint('a')).not.toBe(vault.fingerprint('b'));
    const other = createVault(randomBytes(KEY_BYTES), random);
    expect(other.fingerprint('a')).not.toBe(vault.fingerprint('a'));
  });

  it('takes no key of another length', () => {
    expect(() => createVault(randomBytes(16), random)).toThrow(RangeError);
  });
});
