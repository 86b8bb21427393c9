import { type ByteCall, streamBytes } from './stream-bytes.ts';
import type { TransportOptions } from './transport.ts';

/**
 * Reads an answer that is text, and not JSON, as it comes.
 * @throws as `streamBytes` does
 */
export async function* streamText(
  options: TransportOptions,
  call: ByteCall,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const piece of streamBytes(options, call)) {
    yield decoder.decode(piece, { stream: true });
  }
}
