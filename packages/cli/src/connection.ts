import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, createClient } from '@tenuto/sdk';
import { UsageError } from './failure.ts';
import type { Io } from './io.ts';

const DEFAULT_URL = 'http://127.0.0.1:8420';

export interface ConnectionOptions {
  readonly url?: string;
  readonly token?: string;
}

/**
 * A client of the server that the options and the environment name. Without a token, the one that
 * a server on this machine left in its data folder is used, and only for a server on this machine.
 *
 * @throws UsageError for an address that is none
 */
export function connect(io: Io, options: ConnectionOptions): Client {
  const baseUrl = options.url ?? nonEmpty(io.env.TENUTO_URL) ?? DEFAULT_URL;
  const token =
    options.token ??
    nonEmpty(io.env.TENUTO_TOKEN) ??
    (isThisMachine(baseUrl) ? tokenLeftBehind(io) : undefined);
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new UsageError('The token holds characters that no token has; was it copied whole?');
  }
  try {
    return createClient({ baseUrl, fetch: io.fetch, ...(token !== undefined && { token }) });
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}

function isThisMachine(baseUrl: string): boolean {
  if (!URL.canParse(baseUrl)) return false;
  const { hostname } = new URL(baseUrl);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

function tokenLeftBehind(io: Io): string | undefined {
  const folders = [
    nonEmpty(io.env.TENUTO_DATA_DIR) ?? '.tenuto',
    ...(io.isRoot ? ['/var/lib/tenuto'] : []),
  ];
  for (const folder of folders) {
    try {
      return nonEmpty(readFileSync(join(folder, 'admin-token'), 'utf8').trim());
    } catch {
      // Not there or not ours to read: the server will say that a token is needed.
    }
  }
  return undefined;
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
