import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NewToken, StoreFault } from '@tenuto/engine';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock, systemRandom } from '../system-clock.ts';
import { letAdminIn } from './first-admin.ts';

/** A store of tokens whose replies may be lost. */
function tokenStore(lost = 0) {
  const made = new Set<string>();
  let left = lost;
  const keyOf = ({ hash }: NewToken) => Buffer.from(hash).toString('hex');
  return {
    made,
    preset: async (token: NewToken) => void made.add(keyOf(token)),
    async createFirst(token: NewToken) {
      if (made.size === 0) made.add(keyOf(token));
      left -= 1;
      if (left >= 0) throw new StoreFault('unavailable', 'the connection broke');
      return made.has(keyOf(token));
    },
  };
}

async function folder(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tenuto-admin-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  return dataDir;
}

const parts = {
  ...{ clock: systemClock, random: systemRandom },
  logger: { info() {}, warn() {}, error() {} },
};

describe('the first administrator', () => {
  it.each([
    undefined,
    'postgres://somewhere',
  ])('gets a token although replies are lost', async (databaseUrl) => {
    const [dataDir, tokens] = [await folder(), tokenStore(2)];
    const settings = databaseUrl === undefined ? {} : { databaseUrl };
    const token = await letAdminIn(settings, dataDir, { ...parts, tokens });
    expect(token).toMatch(/^tnt_[\w-]{43}$/);
    expect(tokens.made.size).toBe(1);
    const file = join(dataDir, 'admin-token');
    expect(existsSync(file)).toBe(databaseUrl === undefined);
    if (databaseUrl === undefined) {
      expect(readFileSync(file, 'utf8')).toBe(`${token}\n`);
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
  });

  it('finds its token again when the server died before it could show it', async () => {
    const [dataDir, tokens] = [await folder(), tokenStore()];
    const dying = {
      ...tokens,
      createFirst: async (token: NewToken) => {
        await tokens.createFirst(token);
        throw new Error('killed');
      },
    };
    await expect(letAdminIn({}, dataDir, { ...parts, tokens: dying })).rejects.toThrow('killed');
    const token = await letAdminIn({}, dataDir, { ...parts, tokens });
    expect(token).toBeDefined();
    expect(tokens.made.size).toBe(1);
    expect(readFileSync(join(dataDir, 'admin-token'), 'utf8')).toBe(`${token}\n`);
    expect(await letAdminIn({}, dataDir, { ...parts, tokens })).toBeUndefined();
    expect(readFileSync(join(dataDir, 'admin-token'), 'utf8')).toBe(`${token}\n`);
    expect(existsSync(join(dataDir, 'admin-token.new'))).toBe(false);
  });
});
