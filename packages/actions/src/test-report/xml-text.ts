import { JUnitError } from './junit-error.ts';

/** Larger reports are split by every runner that writes them; a tree of more would not fit. */
export const XML_BYTES = 100 * 1024 * 1024;

const ENCODING =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*["'][^"']*["'][ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*["']([A-Za-z][\w.-]*)["']/;

/**
 * The text of an XML file: by its byte order mark, the pattern of its first bytes, or the encoding
 * that its declaration names, and UTF-8 otherwise.
 *
 * @throws {JUnitError} when the bytes are not of that encoding, it is unknown, or there are too many
 */
export function xmlText(xml: string | Uint8Array): string {
  const size = typeof xml === 'string' ? xml.length : xml.byteLength;
  if (size > XML_BYTES) {
    const message = `The report has ${size} bytes; at most ${XML_BYTES} are read. Write several smaller ones.`;
    throw new JUnitError('too_large', message, 1, 1);
  }
  return typeof xml === 'string' ? xml.replace(/^\uFEFF/, '') : decode(xml, encodingOf(xml));
}

function encodingOf(bytes: Uint8Array): string {
  const [first = -1, second = -1] = bytes;
  // The first character of any XML document is "<" where it has no byte order mark.
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be';
  if (first === 0xef && second === 0xbb) return 'utf-8';
  const declaration = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  const declared = ENCODING.exec(declaration)?.[1] ?? 'utf-8';
  // Bytes that could be read up to here are not UTF-16, whatever the declaration says.
  return /^utf-?16/i.test(declared) ? 'utf-8' : declared;
}

function decode(bytes: Uint8Array, encoding: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw undecodable(bytes, encoding);
    throw new JUnitError('malformed', `The encoding ${encoding} is not known.`, 1, 1);
  }
}

function undecodable(bytes: Uint8Array, encoding: string): JUnitError {
  let good = 0;
  let bad = bytes.byteLength + 1;
  // Every prefix up to the first wrong byte can be decoded, and none beyond it.
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    if (decodes(bytes.subarray(0, middle), encoding)) good = middle;
    else bad = middle;
  }
  const before = new TextDecoder(encoding).decode(bytes.subarray(0, good), { stream: true });
  const line = before.split('\n').length;
  return new JUnitError(
    'malformed',
    `The bytes are not ${encoding} text.`,
    line,
    before.length - before.lastIndexOf('\n'),
  );
}

function decodes(bytes: Uint8Array, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
