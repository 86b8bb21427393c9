import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { trustedPeers } from './proxies.ts';
import { networkOf, remoteAddress } from './remote-address.ts';

const trusted = trustedPeers(['10.0.0.0/8', '::1']);

function addressOf(peer: string, forwarded?: string | string[]): string {
  const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: peer });
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded as string };
  return remoteAddress({ socket, headers }, trusted);
}

describe('the address of a request', () => {
  it.each([
    ['198.51.100.7', undefined, '198.51.100.7'],
    ['198.51.100.7', '203.0.113.5', '198.51.100.7'],
    ['10.1.2.3', undefined, '10.1.2.3'],
    ['10.1.2.3', '203.0.113.5', '203.0.113.5'],
    ['::ffff:10.1.2.3', '203.0.113.5', '203.0.113.5'],
    ['10.1.2.3', '192.0.2.1, 203.0.113.5', '203.0.113.5'],
    ['10.1.2.3', '192.0.2.1, 203.0.113.5, 10.9.9.9', '203.0.113.5'],
    ['10.1.2.3', '10.0.0.4', '10.0.0.4'],
    ['10.1.2.3', 'unknown', '10.1.2.3'],
    ['10.1.2.3', '203.0.113.5, unknown, 10.9.9.9', '10.9.9.9'],
    ['::1', '2001:db8::7', '2001:db8::7'],
    ['10.1.2.3', '', '10.1.2.3'],
  ])('of %s with X-Forwarded-For %s is %s', (peer, forwarded, expected) => {
    expect(addressOf(peer, forwarded)).toBe(expected);
  });

  it('is read from all such headers together', () => {
    expect(addressOf('10.1.2.3', ['192.0.2.1', '203.0.113.5'])).toBe('203.0.113.5');
  });
});

describe('a network', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1', 'fe80:0:0:0::/64'],
    ['', ''],
  ])('of %s is %s', (address, expected) => {
    expect(networkOf(address)).toBe(expected);
  });
});
