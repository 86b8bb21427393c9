import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { buildConnector } from 'undici';
import { judgeAddress } from './address-guard.ts';
import { type AllowList, bareHostname, type Destination } from './allow-list.ts';
import { blocked } from './failure.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Resolves a hostname to all its addresses; rejects as `dns.lookup` does. */
export type Lookup = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** The resolver of this machine, hosts file included. */
export const hostLookup: Lookup = (hostname) => systemLookup(hostname, { all: true });

/** A host that drops packets must not hold a socket for as long as a long request may last. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Makes the `connect` of an undici agent: it resolves the host once, has every address judged, and
 * dials only those very addresses. One refused address refuses the host, because a name that mixes
 * public and private addresses is either an attack or a mistake.
 */
export function guardedConnector(guard: {
  readonly allow: AllowList;
  readonly lookup: Lookup;
}): buildConnector.connector {
  return (options, callback) => {
    const { protocol } = options;
    const hostname = bareHostname(options.hostname);
    const port = Number(options.port) || (protocol === 'https:' ? 443 : 80);
    resolveAndJudge({ hostname, port }, guard).then(
      (addresses) => {
        const dial = buildConnector({
          allowH2: false,
          timeout: CONNECT_TIMEOUT_MS,
          lookup: pinned(addresses),
        });
        const servername =
          protocol === 'https:' && isIP(hostname) === 0 ? { servername: hostname } : {};
        dial({ hostname, protocol, port: String(port), ...servername }, callback);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}

async function resolveAndJudge(
  destination: Destination,
  { allow, lookup }: { readonly allow: AllowList; readonly lookup: Lookup },
): Promise<readonly ResolvedAddress[]> {
  const { hostname } = destination;
  const family = isIP(hostname);
  const addresses = family === 0 ? await lookup(hostname) : [{ address: hostname, family }];
  for (const { address } of addresses) {
    const verdict = judgeAddress(address, destination, allow);
    if (!verdict.allowed) throw blocked(hostname, verdict.reason);
  }
  if (addresses.length === 0) throw blocked(hostname, 'it has no address');
  return addresses;
}

/** Answers the socket's own lookup with what was judged, so that no second one takes place. */
function pinned(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, { all }, done) => {
    const [first] = addresses;
    if (all) done(null, [...addresses]);
    else done(null, first?.address ?? '', first?.family);
  };
}
