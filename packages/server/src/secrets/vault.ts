import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';
import type { Random } from '@tenuto/engine';

/**
 * Seals secrets that are stored: AES-256-GCM under one key of the deployment, bound to what the
 * secret is of, so that a sealed secret cannot be moved to another row.
 *
 *   1 byte version | 4 bytes key id | 12 bytes nonce | 16 bytes tag | ciphertext
 */
export interface Vault {
  seal(secret: string, of: string): Uint8Array;
  /** @throws VaultError when it was sealed under another key, for something else, or is damaged */
  open(sealed: Uint8Array, of: string): string;
  /** The same for the same secret, under one key; without the key it tells nothing of it. */
  fingerprint(secret: string): string;
  /** How everything begins that is sealed under the present key. */
  readonly head: Uint8Array;
}

/** A secret that cannot be opened here; the message says why and holds nothing of it. */
export class VaultError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'VaultError';
  }
}

/** What was sealed; undefined when it cannot be opened here, which must not stop everything else. */
export function openedIn(vault: Vault, sealed: Uint8Array, of: string): string | undefined {
  try {
    return vault.open(sealed, of);
  } catch (error) {
    if (error instanceof VaultError) return undefined;
    throw error;
  }
}

export const KEY_BYTES = 32;
const VERSION = 1;
const ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + ID_BYTES;
const NONCE_END = HEAD_BYTES + NONCE_BYTES;
const TAG_END = NONCE_END + TAG_BYTES;

/**
 * @param previous keys that were the deployment's before: what they sealed can still be opened
 * @throws RangeError for a key that is not of 32 bytes
 */
export function createVault(
  key: Uint8Array,
  random: Pick<Random, 'bytes'>,
  previous: readonly Uint8Array[] = [],
): Vault {
  const present = keyOf(key);
  const keys = [present, ...previous.map(keyOf)];
  return {
    head: present.head,
    fingerprint: (secret) =>
      createHmac('sha256', key).update('tenuto fingerprint').update(secret, 'utf8').digest('hex'),
    seal(secret, of) {
      const nonce = random.bytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(bound(present.head, of));
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return Buffer.concat([present.head, nonce, cipher.getAuthTag(), text]);
    },
    open(sealed, of) {
      const bytes = Buffer.from(sealed);
      if (bytes.length < TAG_END || bytes[0] !== VERSION) {
        throw new VaultError('The secret is damaged.');
      }
      const used = keys.find(({ head }) => bytes.subarray(0, HEAD_BYTES).equals(head));
      if (used !== undefined) return opened(used, bytes, of);
      throw new VaultError(
        'The secret was sealed under another key: give all servers the same TENUTO_SECRET_KEY.',
      );
    },
  };
}

interface VaultKey {
  readonly key: Uint8Array;
  readonly head: Buffer;
}

function keyOf(key: Uint8Array): VaultKey {
  if (key.length !== KEY_BYTES) throw new RangeError(`The key is not of ${KEY_BYTES} bytes.`);
  const keyId = createHash('sha256').update('tenuto key id').update(key).digest();
  return { key, head: Buffer.from([VERSION, ...keyId.subarray(0, ID_BYTES)]) };
}

function bound(head: Buffer, of: string): Buffer {
  return Buffer.concat([head, Buffer.from(of, 'utf8')]);
}

function opened({ key, head }: VaultKey, bytes: Buffer, of: string): string {
  const nonce = bytes.subarray(HEAD_BYTES, NONCE_END);
  const cipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(bound(head, of));
  cipher.setAuthTag(bytes.subarray(NONCE_END, TAG_END));
  const text = cipher.update(bytes.subarray(TAG_END));
  try {
    return Buffer.concat([text, cipher.final()]).toString('utf8');
  } catch {
    throw new VaultError('The secret is damaged, or was sealed for something else.');
  }
}
