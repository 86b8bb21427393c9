import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * Where clouds hand out credentials. Most lie in ranges that are refused anyway; they are named
 * because a host that is allowed by name must not reach them, and because Azure's is public space.
 */
const METADATA_ADDRESSES: ReadonlySet<string> = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
  'fd00:ec2::254',
  'fd20:ce::254',
]);

/**
 * Reads the text of an address; an IPv4-mapped one becomes the IPv4 address that the kernel would
 * dial for it. Returns undefined for anything that is not an address.
 */
export function readAddress(text: string): IpAddress | undefined {
  if (isIP(text) === 0) return undefined;
  return ipaddr.process(text.replace(/%.*$/s, ''));
}

/**
 * Says why an address is not part of the public internet (`loopback`, `private`, `linkLocal`,
 * `cloud metadata`, ...), or undefined when it is. What no registry calls public is not.
 */
export function specialKind(address: IpAddress): string | undefined {
  if (METADATA_ADDRESSES.has(address.toString())) return 'cloud metadata';
  const range = address.range();
  if (address instanceof ipaddr.IPv4) return range === 'unicast' ? undefined : range;
  for (const inner of embeddedAddresses(address.parts)) {
    const kind = specialKind(inner);
    if (kind !== undefined) return `IPv6 form of ${kind}`;
  }
  if (isTransition(address.parts)) return undefined;
  // Only 2000::/3 is given out for the public internet.
  const global = (part(address.parts, 0) & 0xe000) === 0x2000;
  return range === 'unicast' ? (global ? undefined : 'reserved') : range;
}

/** Every IPv4 address that a tunnel or a translator may take out of an IPv6 address. */
function embeddedAddresses(parts: readonly number[]): readonly ipaddr.IPv4[] {
  if (isNat64(parts)) return [v4(parts, 6)];
  if (is6to4(parts)) return [v4(parts, 1)];
  if (isTeredo(parts)) return [v4(parts, 2), v4(parts, 6, 0xffff)];
  // ISATAP: an interface identifier of 0:5efe or 200:5efe below any prefix.
  const isatap = (part(parts, 4) & 0xfdff) === 0 && part(parts, 5) === 0x5efe;
  return isatap ? [v4(parts, 6)] : [];
}

function isTransition(parts: readonly number[]): boolean {
  return isNat64(parts) || is6to4(parts) || isTeredo(parts);
}

// 64:ff9b::/96 only: 64:ff9b:1::/48 is for private translators, and none of it is public.
function isNat64(parts: readonly number[]): boolean {
  const [first, second, ...rest] = parts;
  return first === 0x64 && second === 0xff9b && rest.slice(0, 4).every((value) => value === 0);
}

function is6to4(parts: readonly number[]): boolean {
  return parts[0] === 0x2002;
}

function isTeredo(parts: readonly number[]): boolean {
  return parts[0] === 0x2001 && parts[1] === 0;
}

function v4(parts: readonly number[], index: number, mask = 0): ipaddr.IPv4 {
  const high = part(parts, index) ^ mask;
  const low = part(parts, index + 1) ^ mask;
  return new ipaddr.IPv4([high >> 8, high & 0xff, low >> 8, low & 0xff]);
}

function part(parts: readonly number[], index: number): number {
  return parts[index] ?? 0;
}
