import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/**
 * The address that a request comes from: the peer's, or, when that is a trusted proxy, the last one
 * in X-Forwarded-For that is not. What stands before it may be made up.
 */
export function remoteAddress(
  request: Pick<FastifyRequest, 'headers' | 'socket'>,
  trusted: (address: string) => boolean,
): string {
  let address = request.socket.remoteAddress ?? '';
  const passedOn = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  for (const named of passedOn.reverse().map((part) => part.trim())) {
    if (!trusted(address) || isIP(named) === 0) break;
    address = named;
  }
  return address;
}

/** What one machine can choose its addresses from: an IPv4 address, or the /64 of an IPv6 one. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIP(plain) !== 6) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = (text: string) => text.split(':').filter(Boolean);
  const given = groups(head).length + groups(tail ?? '').length;
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - given)).fill('0');
  const all = [...groups(head), ...zeros, ...groups(tail ?? '')];
  const prefix = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(':')}::/64`;
}
