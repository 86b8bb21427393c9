import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { type Json, LIMITS } from '@tenuto/contract';
import { HttpFailure, tooLarge } from './failure.ts';
import type { ResponseFormat } from './parameters.ts';

type Decoder = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;

const gunzip: Decoder = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.gunzip);
const DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.inflate)],
  ['br', promisify<zlib.InputType, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress)],
]);

/** Types whose bytes are never text, even where they happen to be valid UTF-8. */
const BINARY_TYPE =
  /^\s*((image\/(?!svg)|audio\/|video\/|font\/)|application\/(octet-stream|pdf|zip|gzip|wasm)\b)/i;

/** Each coding on top of another is one more full pass over the body. */
const MAX_CODINGS = 3;

/**
 * Collects a body of at most `maxBytes`, both as it comes over the wire and decompressed, so that
 * a few kilobytes cannot unfold into gigabytes. An unknown coding is left as it is.
 *
 * @throws HttpFailure `response_too_large`, or `invalid_response` when it cannot be decompressed.
 */
export async function readBody(
  source: AsyncIterable<Uint8Array>,
  { maxBytes, coding }: { readonly maxBytes: number; readonly coding: string | undefined },
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  const codings = (coding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  let bytes = Buffer.concat(chunks);
  if (bytes.length === 0) return bytes;
  if (codings.length > MAX_CODINGS) throw undecodable('it is compressed too many times');
  for (const name of codings.reverse()) {
    const decode = DECODERS.get(name);
    if (decode === undefined) break;
    bytes = await decompress(bytes, { decode, maxBytes });
  }
  return bytes;
}

async function decompress(
  bytes: Buffer<ArrayBuffer>,
  { decode, maxBytes }: { readonly decode: Decoder; readonly maxBytes: number },
): Promise<Buffer<ArrayBuffer>> {
  try {
    return Buffer.from(await decode(bytes, { maxOutputLength: maxBytes }));
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(maxBytes);
    throw undecodable('its compressed body is damaged');
  }
}

/**
 * Gives a body the shape that the caller asked for. `auto` takes for JSON what says so, for
 * text what decodes as text, and base64 for the rest; an empty body is null, or '' as text.
 *
 * @throws HttpFailure `invalid_response` when `json` was asked for and the body is not JSON.
 */
export function shapeBody(
  bytes: Buffer,
  { format, contentType }: { readonly format: ResponseFormat; readonly contentType: string },
): Json {
  if (format === 'base64') return bytes.toString('base64');
  if (format === 'text') return decodeText(bytes, contentType) ?? bytes.toString('utf8');
  if (bytes.length === 0) return null;
  if (format === 'json' || /^[^;]*[/+]json\s*(;|$)/i.test(contentType)) {
    const value = parseJson(decodeText(bytes, contentType) ?? '');
    if (value !== undefined) return value;
    if (format === 'json') throw undecodable('its body is not JSON, or nested too deeply');
  }
  const text = BINARY_TYPE.test(contentType) ? undefined : decodeText(bytes, contentType);
  return text ?? bytes.toString('base64');
}

/** The text in its declared charset, or undefined when the bytes are not text in it. */
function decodeText(bytes: Buffer, contentType: string): string | undefined {
  const charset = /;\s*charset="?([^\s;"]+)/i.exec(contentType)?.[1];
  try {
    return new TextDecoder(charset ?? 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parseJson(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return isShallow(value, LIMITS.jsonDepth) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What is nested deeper than a request body may be would overflow the stack when written. */
function isShallow(value: Json, depth: number): boolean {
  if (value === null || typeof value !== 'object') return true;
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));
}

function undecodable(reason: string): HttpFailure {
  return new HttpFailure({
    classification: 'permanent',
    type: 'invalid_response',
    message: `The response cannot be used: ${reason}.`,
  });
}
