import type { EventOrigin, Json } from '@tenuto/contract';
import type { EventContext, KeptEvent } from '@tenuto/engine';

export const EVENT_COLUMNS = `e.event_id, e.owner, e.topic, e.payload, e.bytes, e.context,
  e.source_agent_id, e.dedupe_id, e.origin, e.published_by, e.replay_of, e.triggered`;

export interface StoredEvent {
  readonly event_id: string;
  readonly owner: string;
  readonly topic: string;
  readonly payload: string;
  readonly bytes: Buffer | null;
  readonly context: string | null;
  readonly source_agent_id: string | null;
  readonly dedupe_id: string | null;
  readonly origin: EventOrigin;
  readonly published_by: string;
  readonly replay_of: string | null;
  readonly triggered: number;
}

export function eventOf(row: StoredEvent): KeptEvent {
  const payload: Json = JSON.parse(row.payload);
  return {
    eventId: row.event_id,
    owner: row.owner,
    topic: row.topic,
    payload,
    origin: row.origin,
    publishedBy: row.published_by,
    triggered: row.triggered,
    ...(row.bytes !== null && { bytes: row.bytes }),
    ...(row.context !== null && { context: contextOf(row.context) }),
    ...(row.source_agent_id !== null && { sourceAgentId: row.source_agent_id }),
    ...(row.dedupe_id !== null && { dedupeId: row.dedupe_id }),
    ...(row.replay_of !== null && { replayOf: row.replay_of }),
  };
}

/** Written by this code alone, from a value of this type. */
function contextOf(text: string): EventContext {
  return JSON.parse(text);
}
