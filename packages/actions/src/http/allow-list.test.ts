import { describe, expect, it } from 'vitest';
import { judgeAddress, judgeUrl } from './address-guard.ts';
import { parseAllowList } from './allow-list.ts';

const opens = (entry: string, url: string) => judgeUrl(url, parseAllowList([entry])).allowed;
const connects = (entry: string, hostname: string, address: string, port = 80) =>
  judgeAddress(address, { hostname, port }, parseAllowList([entry])).allowed;

describe('an allow-list entry', () => {
  it('that is a host opens that host, on every port, and no other', () => {
    expect(opens('build.internal', 'http://build.internal/')).toBe(true);
    expect(opens('build.internal', 'https://BUILD.internal.:8443/')).toBe(true);
    expect(opens('build.internal', 'http://x.build.internal/')).toBe(false);
    expect(opens('localhost', 'http://localhost:3000/')).toBe(true);
    expect(connects('build.internal', 'build.internal', '10.0.0.5')).toBe(true);
    expect(connects('build.internal', 'other.example.com', '10.0.0.5')).toBe(false);
  });

  it('that names a port opens only that one', () => {
    expect(opens('localhost:3000', 'http://localhost:3000/')).toBe(true);
    expect(opens('localhost:3000', 'http://localhost:3001/')).toBe(false);
    expect(opens('localhost:80', 'http://localhost/')).toBe(true);
    expect(opens('localhost:443', 'https://localhost/')).toBe(true);
    expect(opens('localhost:443', 'http://localhost/')).toBe(false);
    expect(opens('127.0.0.1:3000', 'http://127.0.0.1:3000/')).toBe(true);
    expect(opens('127.0.0.1:3000', 'http://127.0.0.1:22/')).toBe(false);
    expect(opens('[::1]:3000', 'http://[::1]:3000/')).toBe(true);
    expect(opens('[::1]:3000', 'http://[::1]/')).toBe(false);
  });

  it('that is a suffix opens what is below it, not the name itself nor a look-alike', () => {
    expect(opens('*.corp', 'http://git.corp/')).toBe(true);
    expect(opens('*.corp', 'http://a.b.corp/')).toBe(true);
    expect(opens('*.corp', 'http://corp/')).toBe(false);
    expect(connects('*.example.com', 'evilexample.com', '10.0.0.5')).toBe(false);
    expect(connects('*.example.com:8080', 'a.example.com', '10.0.0.5', 8080)).toBe(true);
    expect(connects('*.example.com:8080', 'a.example.com', '10.0.0.5', 8081)).toBe(false);
  });

  it('that is a network opens its addresses, whatever name leads there', () => {
    expect(opens('10.1.0.0/16', 'http://10.1.2.3/')).toBe(true);
    expect(opens('10.1.0.0/16', 'http://10.2.0.1/')).toBe(false);
    expect(opens('10.1.0.0/16', 'http://[::ffff:10.1.2.3]/')).toBe(true);
    expect(opens('fd00::/8', 'http://[fd12::1]/')).toBe(true);
    expect(opens('fd00::/8', 'http://[fe80::1]/')).toBe(false);
    expect(opens('::1', 'http://[::1]/')).toBe(true);
    expect(connects('10.1.0.0/16', 'anything.example.com', '10.1.2.3')).toBe(true);
    expect(connects('10.1.0.0/16', 'git.corp', '10.1.2.3')).toBe(true);
    expect(connects('10.1.0.0/16', 'git.corp', '10.2.0.1')).toBe(false);
    expect(connects('10.1.0.0/16', 'git.corp', '93.184.216.34')).toBe(false);
  });

  it('that is a name does not open metadata, link-local or reserved addresses', () => {
    for (const address of [
      '169.254.169.254',
      '169.254.1.1',
      '100.100.100.200',
      '0.0.0.0',
      'fe80::1',
    ]) {
      expect(connects('*.example.com', 'a.example.com', address), address).toBe(false);
    }
    expect(connects('*.example.com', 'a.example.com', '64:ff9b::10.0.0.5')).toBe(false);
    expect(connects('169.254.169.254', 'a.example.com', '169.254.169.254')).toBe(true);
  });

  it('is read as a URL would read its host', () => {
    expect(opens('127.1', 'http://127.0.0.1/')).toBe(true);
    expect(opens('BÜCHER.internal', 'http://bücher.internal/')).toBe(true);
  });

  it('is refused when it is none of the known forms', () => {
    for (const entry of [
      ...['', '*', '*.', '10/8', '10.0.0.0/33', '10.0.0.0/x', 'fd00::/129', 'http://x.internal'],
      ...['a b', 'host:0', 'host:99999', 'host:port', 'user@host', '*.10.0.0.1', 'a.*.b', '[::1'],
    ]) {
      expect(() => parseAllowList([entry]), entry).toThrow(TypeError);
    }
  });
});
