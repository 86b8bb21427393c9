import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAddress, specialKind } from './ip-address.ts';

const kindOf = (text: string) => {
  const address = readAddress(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return specialKind(address);
};

// Written down here again, from the registries, so that a slip in a library shows.
const SPECIAL_V4 = new BlockList();
for (const network of [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]) {
  const [base = '', bits] = network.split('/');
  SPECIAL_V4.addSubnet(base, Number(bits));
}
const isSpecial = (octets: readonly number[]) => SPECIAL_V4.check(octets.join('.'));

const octet = fc.integer({ min: 0, max: 255 });
const special = fc.constantFrom([10], [127], [169, 254], [172, 20], [192, 168], [100, 100], [0]);
const anyOctets = fc.tuple(octet, octet, octet, octet);
const octets = fc.oneof(
  anyOctets,
  fc
    .tuple(special, anyOctets)
    .map(([head, [a, b, c, d]]) => [...head, ...[a, b, c, d].slice(head.length)]),
);
const hex = (values: readonly number[]) => {
  const text = values.map((value) => value.toString(16).padStart(2, '0')).join('');
  return `${text.slice(0, 4)}:${text.slice(4)}`;
};

describe('specialKind', () => {
  it('never calls an address public that lies in a special range, in any of its forms', () => {
    fc.assert(
      fc.property(octets, (value) => {
        fc.pre(isSpecial(value));
        const inverted = value.map((byte) => byte ^ 0xff);
        for (const form of [
          value.join('.'),
          `::ffff:${value.join('.')}`,
          `::ffff:${hex(value)}`,
          `::${value.join('.')}`,
          `::ffff:0:${value.join('.')}`,
          `64:ff9b::${value.join('.')}`,
          `64:ff9b:1::${value.join('.')}`,
          `2002:${hex(value)}::1`,
          `2001:0:${hex(value)}::1`,
          `2001:0:808:808::${hex(inverted)}`,
          `2a01:4f8::5efe:${value.join('.')}`,
          `2a01:4f8::200:5efe:${value.join('.')}`,
        ]) {
          expect(kindOf(form), form).toBeDefined();
        }
      }),
      { numRuns: 500 },
    );
  });

  it('calls every other IPv4 address public, and its mapped and translated forms', () => {
    const rest = new Set(['168.63.129.16']);
    fc.assert(
      fc.property(anyOctets, (value) => {
        const text = value.join('.');
        // Anycast ranges for sinks and relays, which nobody serves HTTP on.
        const odd = /^(192\.(31\.196|52\.193|175\.48)\.)/.test(text);
        fc.pre(!isSpecial(value) && !rest.has(text) && !odd);
        for (const form of [text, `::ffff:${text}`, `64:ff9b::${text}`, `2002:${hex(value)}::1`]) {
          expect(kindOf(form), form).toBeUndefined();
        }
      }),
      { numRuns: 500 },
    );
  });

  it('calls the neighbours of special ranges public', () => {
    for (const address of [
      ...['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0'],
      ...['126.255.255.255', '128.0.0.0', '169.253.255.255', '169.255.0.0', '172.15.255.255'],
      ...['172.32.0.0', '191.255.255.255', '192.0.1.0', '192.167.255.255', '192.169.0.0'],
      ...['198.17.255.255', '198.20.0.0', '223.255.255.255', '203.0.112.255', '203.0.114.0'],
      ...['2606:4700:4700::1111', '2a00:1450:4001::1', '2001:4860:4860::8888', '2400::1'],
    ]) {
      expect(kindOf(address), address).toBeUndefined();
    }
  });

  it('knows the special ranges of IPv6', () => {
    for (const address of [
      ...['::', '::1', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'fc00::1', 'fdff::1', 'ff02::1'],
      ...['100::1', '2001:db8::1', '3fff::1', '2001:2::1', '2001:20::1', '5f00::1', '4000::1'],
    ]) {
      expect(kindOf(address), address).toBeDefined();
    }
  });

  it('knows where clouds hand out credentials, public space included', () => {
    for (const address of [
      '169.254.169.254',
      '100.100.100.200',
      '168.63.129.16',
      'fd00:ec2::254',
    ]) {
      expect(kindOf(address)).toBe('cloud metadata');
    }
    expect(kindOf('::ffff:169.254.169.254')).toBe('cloud metadata');
  });
});

describe('readAddress', () => {
  it('reads only canonical text, so that no second parser has a say', () => {
    for (const text of [
      '',
      '127.1',
      '0x7f000001',
      '017700000001',
      '1.2.3.4.5',
      'localhost',
      '[::1]',
    ]) {
      expect(readAddress(text), text).toBeUndefined();
    }
  });
});
