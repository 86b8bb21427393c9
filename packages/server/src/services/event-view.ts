import {
  type EventView,
  formatTime,
  type PublishedEvent as PublishedView,
  timeOfId,
} from '@tenuto/contract';
import { type KeptEvent, type PublishedEvent, streamIdOf } from '@tenuto/engine';

export function eventView(event: KeptEvent): EventView {
  const { bytes, context } = event;
  return {
    event_id: event.eventId,
    stream_id: streamIdOf(event.eventId),
    topic: event.topic,
    payload: event.payload,
    ...(bytes !== undefined && { data_base64: Buffer.from(bytes).toString('base64') }),
    source_agent_id: event.sourceAgentId ?? null,
    dedupe_id: event.dedupeId ?? null,
    origin: event.origin,
    owner: event.owner,
    published_by: event.publishedBy,
    published_at: formatTime(timeOfId(event.eventId)),
    replay_of: event.replayOf ?? null,
    triggered_tasks: event.triggered,
    ...(context?.cloudevent && { cloudevent: context.cloudevent }),
    ...(context?.webhook && { webhook: context.webhook }),
  };
}

export function publishedView({ eventId, ...event }: PublishedEvent): PublishedView {
  return {
    event_id: eventId,
    stream_id: streamIdOf(eventId),
    topic: event.topic,
    triggered_tasks: event.triggered,
    published_at: formatTime(timeOfId(eventId)),
    ...(event.duplicate && { duplicate: true }),
  };
}
