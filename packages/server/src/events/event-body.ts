/** The body of a publish, in any of its forms, as one or more events. */
import type { IncomingHttpHeaders } from 'node:http';
import {
  type Json,
  LIMITS,
  OrchestrationError,
  type PublishEvent,
  PublishEventSchema,
  type ValidationError,
} from '@tenuto/contract';
import { readJsonBody } from '../http/json-body.ts';
import { type MediaType, mediaTypeOf } from '../http/media-type.ts';
import { bodyCheck } from '../plugins/validation.ts';
import { binaryCloudEvent, type CloudEvent, readCloudEvent } from './cloud-event.ts';

/** What was sent; `batch` is answered as one even when it holds one event. */
export interface EventBody {
  readonly events: readonly ({ readonly own: PublishEvent } | { readonly cloud: CloudEvent })[];
  readonly batch: boolean;
}

const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
const checkOwn = bodyCheck(PublishEventSchema);

/**
 * Reads a body by the type that it says it has: the form of its own and CloudEvents in structured,
 * batch and binary mode. A CloudEvent may also come as plain JSON.
 * @throws OrchestrationError 400, 413, 415
 */
export function readEventBody(headers: IncomingHttpHeaders, body: Buffer): EventBody {
  const type = mediaTypeOf(headers['content-type']);
  if (type?.name === BATCH) return { events: batchOf(readJson(type, body)), batch: true };
  if (type?.name === STRUCTURED) return one(cloud(readCloudEvent(readJson(type, body)), ''));
  if (type?.name.startsWith('application/cloudevents')) throw unsupported();
  if (headers['ce-specversion'] !== undefined) return one(cloud(binaryOf(headers, type, body), ''));
  if (type?.name !== 'application/json') throw unsupported();
  const value = readJson(type, body);
  if (isCloudEvent(value)) return one(cloud(readCloudEvent(value), ''));
  return one({ own: checkOwn(value) });
}

function one(event: EventBody['events'][number]): EventBody {
  return { events: [event], batch: false };
}

function batchOf(value: Json): EventBody['events'] {
  if (!Array.isArray(value)) throw invalid([{ path: '', message: 'must be a list of events' }]);
  if (value.length === 0) throw invalid([{ path: '', message: 'must hold at least one event' }]);
  if (value.length > LIMITS.eventsPerRequest) {
    throw new OrchestrationError(
      'payload_too_large',
      `A batch has at most ${LIMITS.eventsPerRequest} events.`,
    );
  }
  return value.map((item, i) => cloud(readCloudEvent(item), `/${i}`));
}

function cloud(result: ReturnType<typeof readCloudEvent>, at: string) {
  if (!('problems' in result)) return { cloud: result };
  throw invalid(result.problems.map(({ path, message }) => ({ path: at + path, message })));
}

/** One of its own has a topic, one of the others says by what specification it is. */
function isCloudEvent(value: Json): boolean {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  return Object.hasOwn(value, 'specversion') && !Object.hasOwn(value, 'topic');
}

function readJson(type: MediaType, body: Buffer): Json {
  refuseCharset(type);
  if (body.length === 0) throw new OrchestrationError('malformed_request', 'The body is empty.');
  return readJsonBody(body);
}

function binaryOf(headers: IncomingHttpHeaders, type: MediaType | undefined, body: Buffer) {
  const attributes = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('ce-')) attributes.set(name.slice('ce-'.length), attributeOf(name, value));
  }
  if (type !== undefined) attributes.set('datacontenttype', type.text);
  return binaryCloudEvent(attributes, dataOf(type, body));
}

/** @throws OrchestrationError 400 for a header that is sent twice, or is no UTF-8 */
function attributeOf(name: string, value: string | string[] | undefined): string {
  const text = String(value);
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(text)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? text;
  try {
    return decodeURIComponent(quoted.replaceAll(/%(?![0-9A-Fa-f]{2})/g, '%25'));
  } catch {
    throw invalid([{ path: `/${name}`, message: 'is not UTF-8, percent-encoded' }]);
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** JSON as a value, text as text, everything else as bytes; parsed by the declared type only. */
export function dataOf(
  type: MediaType | undefined,
  body: Buffer,
): { readonly value: Json } | { readonly bytes: Uint8Array } {
  if (body.length === 0) return { value: null };
  if (type !== undefined && isJson(type)) {
    refuseCharset(type);
    return { value: readJsonBody(body) };
  }
  if (type !== undefined && isText(type)) {
    try {
      const text = decoder.decode(body);
      if (!text.includes('\0')) return { value: text };
    } catch {
      // Not UTF-8: it stays as it is.
    }
  }
  return { bytes: body };
}

function isJson({ name }: MediaType): boolean {
  return /^(application|text)\/json$|\+json$/.test(name);
}

function isText({ name, charset }: MediaType): boolean {
  if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset)) return false;
  return /^text\/|^application\/(xml|yaml|x-www-form-urlencoded)$|\+(xml|yaml)$/.test(name);
}

function refuseCharset({ charset }: MediaType): void {
  if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset)) {
    throw new OrchestrationError('unsupported_media_type', 'JSON is always UTF-8.');
  }
}

function unsupported(): OrchestrationError {
  return new OrchestrationError(
    'unsupported_media_type',
    `Send application/json, ${STRUCTURED}, ${BATCH}, or a CloudEvent in binary mode.`,
  );
}

function invalid(problems: readonly ValidationError[]): OrchestrationError {
  const [first] = problems;
  const detail = `${first?.path ?? ''} ${first?.message ?? 'is not valid'}.`.trim();
  return new OrchestrationError('validation_failed', detail, { validationErrors: problems });
}
