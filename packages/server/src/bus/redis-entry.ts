/** What outside writers put on the stream, as events. */
import { LIMITS, OrchestrationError, PublishEventSchema } from '@tenuto/contract';
import type { NewEvent } from '@tenuto/engine';
import { readCloudEvent } from '../events/cloud-event.ts';
import { readJsonBody } from '../http/json-body.ts';
import { isPlainText } from '../http/text.ts';
import { bodyCheck } from '../plugins/validation.ts';
import { eventIdentity, newEvent } from '../services/event-publish.ts';

/** An entry of a stream: its id, and its fields in the order in which they were written. */
export interface StreamEntry {
  readonly id: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** The longest name of an owner. */
const OWNER_CHARS = 255;
const checkOwn = bodyCheck(PublishEventSchema);
const OWN_FIELDS = ['topic', 'source_agent_id', 'dedupe_id'] as const;

/**
 * Reads an entry: `topic` and `payload` (JSON), or `cloudevent` (JSON); `owner` says whose it is.
 * @param born what tells this stream from one of the same name before a flush
 * @returns the event, or why it is none
 */
export function readEntry(
  { id, fields }: StreamEntry,
  { owner: byDefault, born }: { readonly owner: string; readonly born: string },
): NewEvent | string {
  const owner = fields.get('owner') ?? byDefault;
  if (owner === '' || owner.length > OWNER_CHARS || !isPlainText(owner)) return 'owner is no name';
  try {
    const event = newEvent(contentOf(fields), { owner, publishedBy: 'stream', at: '' });
    const identity = event.identity ?? eventIdentity(['stream', born, id]);
    return { ...event, origin: 'stream', identity };
  } catch (error) {
    if (error instanceof OrchestrationError) return error.message;
    throw error;
  }
}

/** @throws OrchestrationError */
function contentOf(fields: ReadonlyMap<string, string>) {
  const cloud = fields.get('cloudevent');
  if (cloud !== undefined) {
    const event = readCloudEvent(jsonOf(cloud));
    if (!('problems' in event)) return { cloud: event };
    const [problem] = event.problems;
    throw invalid(`cloudevent${problem?.path ?? ''} ${problem?.message ?? 'is none'}`);
  }
  const payload = fields.get('payload');
  if (payload === undefined) throw invalid('payload is required');
  const own = OWN_FIELDS.flatMap((name) => {
    const value = fields.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  if (own.some(([, value]) => !isPlainText(value ?? ''))) throw invalid('a field is no plain text');
  return { own: checkOwn({ ...Object.fromEntries(own), payload: jsonOf(payload) }) };
}

function jsonOf(text: string) {
  if (text.length > 2 * LIMITS.eventBytes) throw invalid('is too large');
  return readJsonBody(Buffer.from(text));
}

function invalid(detail: string): OrchestrationError {
  return new OrchestrationError('validation_failed', detail);
}
