import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, EngineLog, Random, TokenStore } from '@tenuto/engine';
import { patiently } from '../patience.ts';
import type { Settings } from '../settings.ts';
import { ensureAdminToken, newToken } from './api-tokens.ts';

/** Where the command line on the same machine finds the administrator's token. */
const TOKEN_FILE = 'admin-token';
/** Written before the token is made, so that a server that dies in between does not take it along. */
const PENDING_FILE = 'admin-token.new';
const TOKEN = /^tnt_[A-Za-z0-9_-]{43}$/;

interface Parts {
  readonly tokens: Pick<TokenStore, 'preset' | 'createFirst'>;
  readonly logger: EngineLog;
  readonly clock: Clock;
  readonly random: Pick<Random, 'bytes'>;
}

/**
 * Lets an administrator in. A token that is made for a database of our own also lies beside it.
 * @returns the token that was made, to be shown once
 */
export async function letAdminIn(
  { adminToken: preset, databaseUrl }: Pick<Settings, 'adminToken' | 'databaseUrl'>,
  dataDir: string,
  { tokens, logger, clock, random }: Parts,
): Promise<string | undefined> {
  const beside = databaseUrl === undefined && preset === undefined;
  const token = (beside ? await pending(dataDir) : undefined) ?? newToken(random, 'tnt');
  if (beside) await writePending(dataDir, token);
  // The same token for every try: a reply that is lost loses no token.
  const made = await patiently(() => ensureAdminToken({ tokens, token, preset }), {
    ...{ clock, logger },
  });
  if (!beside) return made ? token : undefined;
  const from = join(dataDir, PENDING_FILE);
  if (made) await rename(from, join(dataDir, TOKEN_FILE));
  else await rm(from, { force: true });
  return made ? token : undefined;
}

/** The token of a first start that has not come to its end. */
async function pending(dataDir: string): Promise<string | undefined> {
  const text = await readFile(join(dataDir, PENDING_FILE), 'utf8').catch(() => '');
  return TOKEN.test(text.trim()) ? text.trim() : undefined;
}

async function writePending(dataDir: string, token: string): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  await writeFile(join(dataDir, PENDING_FILE), `${token}\n`, { mode: 0o600, flush: true });
}
