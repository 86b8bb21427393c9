import { describe, expect, it } from 'vitest';
import { trustedPeers } from './proxies.ts';

describe('trusted peers', () => {
  it('are nobody unless they are named', () => {
    expect(trustedPeers([])('127.0.0.1')).toBe(false);
  });

  it.each([
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '::ffff:127.0.0.1', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['10.0.0.0/8', '10.200.3.4', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['::1', '::1', true],
    ['fd00::/8', 'fd12::1', true],
    ['fd00::/8', 'fe80::1', false],
    ['0.0.0.0/0', '::1', false],
    ['127.0.0.1', '', false],
    ['127.0.0.1', 'localhost', false],
  ])('%s and %s: %s', (name, address, trusted) => {
    expect(trustedPeers([name])(address)).toBe(trusted);
  });

  it.each([
    'localhost',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/x',
    '1.2.3',
  ])('%s is refused by name', (name) => {
    expect(() => trustedPeers([name])).toThrow(name);
  });
});
