import { BlockList, isIP } from 'node:net';

/**
 * Makes the test for the peers that are trusted.
 * @param names addresses, or ranges such as 10.0.0.0/8
 * @throws Error for a name that is neither
 */
export function trustedPeers(names: readonly string[]): (address: string) => boolean {
  const trusted = new BlockList();
  for (const name of names) {
    const [address = '', bits] = name.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const width = family === 'ipv6' ? 128 : 32;
    const prefix = bits === undefined ? width : Number(bits);
    if (isIP(address) === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > width) {
      throw new Error(`TRUSTED_PROXIES has "${name}", which is no address and no range.`);
    }
    trusted.addSubnet(address, prefix, family);
  }
  return (address) => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    const family = isIP(plain);
    return family !== 0 && trusted.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  };
}
