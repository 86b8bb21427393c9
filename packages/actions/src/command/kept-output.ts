/** The beginning and the end of a stream, in bounded memory. */
export interface KeptOutput {
  write(chunk: Uint8Array): void;
  /** What was kept, with a line in between that says how much is missing. */
  text(): string;
  /** Bytes that were written but are not kept. */
  cutBytes(): number;
}

/**
 * Keeps the first and the last half of `limitBytes` of what is written to it.
 *
 * @param limitBytes - at least 2
 */
export function keepOutput(limitBytes: number): KeptOutput {
  const headLimit = Math.ceil(limitBytes / 2);
  const tailLimit = limitBytes - headLimit;
  const head: Uint8Array[] = [];
  let headBytes = 0;
  // One chunk more than the limit may be held, so that no chunk needs to be copied.
  let tail: Uint8Array[] = [];
  let tailBytes = 0;
  let totalBytes = 0;

  const dropOld = () => {
    let first = tail[0];
    let dropped = 0;
    while (first !== undefined && tailBytes - first.byteLength >= tailLimit) {
      tailBytes -= first.byteLength;
      dropped += 1;
      first = tail[dropped];
    }
    if (dropped > 0) tail = tail.slice(dropped);
  };

  return {
    write(chunk) {
      totalBytes += chunk.byteLength;
      const own = chunk.subarray(0, headLimit - headBytes);
      if (own.byteLength > 0) head.push(own);
      headBytes += own.byteLength;
      const rest = chunk.subarray(own.byteLength);
      if (rest.byteLength === 0) return;
      tail.push(rest);
      tailBytes += rest.byteLength;
      dropOld();
    },
    text() {
      const first = Buffer.concat(head);
      const last = Buffer.concat(tail).subarray(Math.max(0, tailBytes - tailLimit));
      const cut = totalBytes - first.byteLength - last.byteLength;
      if (cut === 0) return clean(Buffer.concat([first, last]));
      return `${clean(wholeEnd(first))}\n[... ${cut} bytes cut ...]\n${clean(wholeStart(last))}`;
    },
    cutBytes: () => Math.max(0, totalBytes - headBytes - Math.min(tailBytes, tailLimit)),
  };
}

/** Bytes that are not UTF-8, and NUL, which a database's text cannot hold, become U+FFFD. */
function clean(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replaceAll('\0', '\uFFFD');
}

const isContinuation = (byte: number | undefined) => byte !== undefined && byte >> 6 === 0b10;

/** Without the beginning of a character whose end was cut off. */
function wholeEnd(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= 3; back += 1) {
    const byte = bytes.at(-back);
    if (byte === undefined || isContinuation(byte)) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.subarray(0, -back) : bytes;
  }
  return bytes;
}

/** Without the end of a character whose beginning was cut off. */
function wholeStart(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < 3 && isContinuation(bytes[start])) start += 1;
  return bytes.subarray(start);
}
