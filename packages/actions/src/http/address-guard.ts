/**
 * The guard against requests that reach what they must not (SSRF). It is pure: it judges text and
 * numbers, never the network. A request passes it twice: `judgeUrl` before anything is sent, again
 * on each redirect, and `judgeAddress` for every address that the host resolved to, at the moment
 * of connecting (see `connector.ts`). A check of the name alone would miss a name that resolves to
 * a private address; a check of the lookup alone would miss literals, which are never looked up.
 */
import { domainToUnicode } from 'node:url';
import {
  type AllowList,
  allowsAddress,
  allowsName,
  bareHostname,
  type Destination,
} from './allow-list.ts';
import { readAddress, specialKind } from './ip-address.ts';

export type AddressVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: string };

export type UrlVerdict =
  | { readonly allowed: true; readonly url: URL }
  | {
      readonly allowed: false;
      readonly type: 'invalid_url' | 'ssrf_blocked';
      readonly reason: string;
    };

const ALLOW_NOTHING: AllowList = { names: [], ranges: [] };

/**
 * What a host that the operator named may resolve to. Metadata, link-local and reserved addresses
 * stay closed to it, since whoever owns the name chooses the address; an operator who means one of
 * those allows the address itself.
 */
const OPEN_TO_NAMES: ReadonlySet<string> = new Set([
  'loopback',
  'private',
  'uniqueLocal',
  'carrierGradeNat',
]);

/** Suffixes that mean the inside of a host, a cluster or a company, whatever they resolve to. */
const INTERNAL_SUFFIXES =
  /\.(localhost|localdomain|local|internal|intranet|private|corp|home|lan|home\.arpa|svc)$/;

/** The host and port that a URL leads to. */
export function destinationOf(url: URL): Destination {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return { hostname: bareHostname(url.hostname), port };
}

/**
 * Judges a URL before it is used: its form, its scheme, and its host when that is an address or a
 * name that can only be internal.
 */
export function judgeUrl(text: string, allow: AllowList = ALLOW_NOTHING): UrlVerdict {
  const url = URL.parse(text);
  if (url === null || hasUndecodableLabel(url.hostname)) {
    return { allowed: false, type: 'invalid_url', reason: 'it is not an absolute URL' };
  }
  const reason = formFault(url) ?? hostFault(destinationOf(url), allow);
  return reason === undefined
    ? { allowed: true, url }
    : { allowed: false, type: 'ssrf_blocked', reason };
}

/**
 * Judges one address at connect time.
 *
 * @param address An IPv4 or IPv6 address as text; anything else is refused.
 * @param destination The host and port that the connection is for.
 */
export function judgeAddress(
  address: string,
  destination: Destination,
  allow: AllowList = ALLOW_NOTHING,
): AddressVerdict {
  const parsed = readAddress(address);
  if (parsed === undefined) return { allowed: false, reason: `"${address}" is not an address` };
  if (allowsAddress(allow, parsed, destination.port)) return { allowed: true };
  const kind = specialKind(parsed);
  const named = allowsName(allow, destination);
  if (kind !== undefined && !(named && OPEN_TO_NAMES.has(kind))) {
    // Without the address: what an inside name resolves to is not the caller's to know.
    return { allowed: false, reason: `its address is not public (${kind})` };
  }
  if (!named && isInternalName(destination.hostname)) {
    return { allowed: false, reason: `${destination.hostname} is an internal name` };
  }
  return { allowed: true };
}

function formFault(url: URL): string | undefined {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return `only http and https are allowed, not ${url.protocol}`;
  }
  if (url.username !== '' || url.password !== '') {
    return 'it carries credentials; send them in a header';
  }
  // A server that decodes the path before it splits lines would read a second request in it.
  if (/%0[0ad]/i.test(url.pathname)) return 'its path hides a line break or a NUL';
  return undefined;
}

function hostFault(destination: Destination, allow: AllowList): string | undefined {
  if (readAddress(destination.hostname) !== undefined) {
    const verdict = judgeAddress(destination.hostname, destination, allow);
    return verdict.allowed ? undefined : verdict.reason;
  }
  if (!isInternalName(destination.hostname) || allowsName(allow, destination)) return undefined;
  // With networks on the list, an internal name may still lead into one: its addresses decide.
  if (allow.ranges.length > 0) return undefined;
  return `${destination.hostname} is an internal name`;
}

/** A single label, or one below a suffix that only an internal resolver answers for. */
function isInternalName(hostname: string): boolean {
  if (readAddress(hostname) !== undefined) return false;
  const labels = hostname.split('.');
  return labels.length < 2 || labels.includes('') || INTERNAL_SUFFIXES.test(hostname);
}

/** Punycode that decodes to nothing valid: URL parsers disagree on it, so it is no host here. */
function hasUndecodableLabel(hostname: string): boolean {
  return /(^|\.)xn--/.test(hostname) && /(^|\.)xn--/.test(domainToUnicode(hostname));
}
