import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSecretKey, secretKeyOf } from './secret-key.ts';
import { KEY_BYTES } from './vault.ts';

const random = { bytes: (count: number) => randomBytes(count) };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenuto-secret-key-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const keyOf = (name: string, preset?: Uint8Array) =>
  secretKeyOf(join(folder, name), { preset, random });

describe('the key of a data folder', () => {
  it('is made at the first start, for its owner alone, and stays', async () => {
    const key = await keyOf('first');
    expect(key).toHaveLength(KEY_BYTES);
    expect(await keyOf('first')).toEqual(key);
    expect((await stat(join(folder, 'first/secret-key'))).mode & 0o777).toBe(0o600);
    expect(await keyOf('other')).not.toEqual(key);
  });

  it('is one though many servers begin at once, and no drafts stay', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => keyOf('many')));
    expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
    expect(await readdir(join(folder, 'many'))).toEqual(['secret-key']);
  });

  it('is left alone when one is preset', async () => {
    const preset = randomBytes(KEY_BYTES);
    expect(await keyOf('preset', preset)).toBe(preset);
    await expect(readdir(join(folder, 'preset'))).rejects.toThrow('ENOENT');
  });

  it('is never made anew in place of a file that holds none: what it sealed would be lost', async () => {
    await keyOf('damaged');
    await writeFile(join(folder, 'damaged/secret-key'), 'half a k');
    await expect(keyOf('damaged')).rejects.toThrow('put it back from a backup');
  });
});

describe('a key as text', () => {
  const key = randomBytes(KEY_BYTES);
  it.each(['base64', 'base64url', 'hex'] as const)('is read from %s', (encoding) => {
    expect(parseSecretKey(key.toString(encoding))).toEqual(key);
  });

  it.each([
    '',
    'password',
    'x'.repeat(44),
    randomBytes(16).toString('hex'),
    `${key.toString('hex')}00`,
  ])('is not %j', (text) => {
    expect(parseSecretKey(text)).toBeUndefined();
  });
});
