import type { SecretUse } from '@tenuto/engine';
import { allowsAddress, allowsName, bareHostname, parseAllowList } from './http/allow-list.ts';
import { readAddress } from './http/ip-address.ts';

/** Why a secret cannot be bound to what this names; undefined when it can. */
export function secretHostFault(host: string): string | undefined {
  if (host.includes('/')) return 'is a network; name hosts';
  try {
    parseAllowList([host]);
    return undefined;
  } catch {
    return 'is not a host, host:port or *.suffix';
  }
}

/** The first of the secrets that may not be sent to this address. */
export function secretKeptFrom(
  secrets: readonly SecretUse[] | undefined,
  address: string,
): SecretUse | undefined {
  return secrets?.find(({ allowedHosts }) => !mayGo(allowedHosts, address));
}

function mayGo(allowedHosts: readonly string[] | undefined, address: string): boolean {
  if (allowedHosts === undefined) return true;
  const url = URL.parse(address);
  if (url === null) return false;
  const hostname = bareHostname(url.hostname);
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const allow = parseAllowList(allowedHosts);
  const ip = readAddress(hostname);
  return (
    allowsName(allow, { hostname, port }) || (ip !== undefined && allowsAddress(allow, ip, port))
  );
}
