import { createHash } from 'node:crypto';
import { BlobError } from '@tenuto/engine';

const HASH = /^[0-9a-f]{64}$/;

/** Where the bytes of a hash lie below a root: `ab/cd...`; undefined for what is no hash. */
export function placeOf(hash: string): string | undefined {
  return HASH.test(hash) ? `${hash.slice(0, 2)}/${hash.slice(2)}` : undefined;
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** @throws BlobError `too_large` */
export function refuseTooLarge(sizeBytes: number, maxBytes: number | undefined): void {
  if (maxBytes !== undefined && sizeBytes > maxBytes) {
    throw new BlobError('too_large', `It has more than ${maxBytes} bytes.`);
  }
}
