import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type IpAddress, readAddress } from './ip-address.ts';

/** What a connection is for: a host without brackets and trailing dot, and a port. */
export interface Destination {
  readonly hostname: string;
  readonly port: number;
}

interface NameRule {
  readonly name: string;
  readonly anyBelow: boolean;
  readonly port?: number;
}

interface RangeRule {
  readonly base: IpAddress;
  readonly bits: number;
  readonly port?: number;
}

/** The private places that an operator lets requests reach; made by {@link parseAllowList}. */
export interface AllowList {
  readonly names: readonly NameRule[];
  readonly ranges: readonly RangeRule[];
}

/**
 * Reads the operator's allow-list. An entry is a host (`build.internal`), a `host:port`, an address,
 * a CIDR (`10.1.0.0/16`) or `*.suffix`; a host or suffix means every port unless it names one.
 *
 * @throws TypeError for an entry that is none of these: a typo must not open or close silently.
 */
export function parseAllowList(entries: readonly string[]): AllowList {
  const names: NameRule[] = [];
  const ranges: RangeRule[] = [];
  for (const entry of entries) {
    const rule = readRule(entry.trim());
    if (rule === undefined) {
      throw new TypeError(`"${entry}" is not a host, host:port, address, CIDR or *.suffix`);
    }
    if ('name' in rule) names.push(rule);
    else ranges.push(rule);
  }
  return { names, ranges };
}

/** Whether the operator named this host. */
export function allowsName(allow: AllowList, { hostname, port }: Destination): boolean {
  return allow.names.some(
    (rule) =>
      (rule.port === undefined || rule.port === port) &&
      (rule.anyBelow ? hostname.endsWith(`.${rule.name}`) : hostname === rule.name),
  );
}

/** Whether the operator named this address, alone or by its network. */
export function allowsAddress(allow: AllowList, address: IpAddress, port: number): boolean {
  return allow.ranges.some(
    (rule) =>
      (rule.port === undefined || rule.port === port) &&
      rule.base.kind() === address.kind() &&
      address.match(rule.base, rule.bits),
  );
}

function readRule(entry: string): NameRule | RangeRule | undefined {
  if (entry.includes('/')) return readCidr(entry);
  const bracketed = isIP(entry) === 6 ? `[${entry}]` : entry;
  const match = /^(\*\.)?(\[[^\]]+\]|[^:[\]@?#\\*]+)(?::(\d{1,5}))?$/.exec(bracketed);
  // The URL parser makes of the host what it will make of it in a request.
  const hostname = match && URL.parse(`http://${match[2]}/`)?.hostname;
  if (!hostname) return undefined;
  const port = match[3] === undefined ? {} : { port: Number(match[3]) };
  if (port.port !== undefined && (port.port === 0 || port.port > 65_535)) return undefined;
  const host = bareHostname(hostname);
  if (match[1] !== undefined) {
    return isIP(host) === 0 ? { name: host, anyBelow: true, ...port } : undefined;
  }
  const base = readAddress(host);
  if (base === undefined) return { name: host, anyBelow: false, ...port };
  return { base, bits: base.kind() === 'ipv4' ? 32 : 128, ...port };
}

function readCidr(entry: string): RangeRule | undefined {
  const [, address = '', digits] = /^([^/]+)\/(\d{1,3})$/.exec(entry) ?? [];
  const bits = Number(digits);
  if (isIP(address) === 0 || bits > (isIP(address) === 4 ? 32 : 128)) return undefined;
  return { base: ipaddr.parse(address), bits };
}

/** A URL's hostname without the brackets of IPv6 and without the root's dot. */
export function bareHostname(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}
