import type { EventView, Json, JsonObject, PublishAnswer, TopicView } from '@tenuto/contract';
import { EXIT } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command } from './command.ts';
import { readSource } from './job-input.ts';
import { PAGE, readCount, showList } from './listing.ts';

const TOPIC_CELLS = 40;
const PAYLOAD_CELLS = 80;

export interface PublishOptions {
  /** JSON, as it was written. */
  readonly payload?: string;
  /** A file with the payload; `-` is standard input. */
  readonly file?: string;
  readonly dedupeId?: string;
  readonly sourceAgent?: string;
  readonly idempotencyKey?: string;
}

/** `tenuto events publish TOPIC`. */
export const publishEvent: Command<[topic: string, options: PublishOptions]> = async (
  session,
  topic,
  { payload: written, file, dedupeId, sourceAgent, idempotencyKey },
) => {
  if (written !== undefined && file !== undefined) {
    throw new UsageError('A payload comes from --payload or from --file, not from both.');
  }
  const text = file === undefined ? (written ?? 'null') : (await readSource(session, file)).text;
  const body = {
    topic,
    payload: readPayload(text),
    ...(dedupeId !== undefined && { dedupe_id: dedupeId }),
    ...(sourceAgent !== undefined && { source_agent_id: sourceAgent }),
  } satisfies JsonObject;
  const options = idempotencyKey === undefined ? {} : { idempotencyKey };
  const answer = await session.client().events.publish(body, options);
  session.output.result(answer, () => publishedLines(answer));
  return EXIT.ok;
};

function readPayload(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`The payload is JSON; texts stand in quotes: '"${truncate(text, 20)}"'.`);
  }
}

function publishedLines({ details, message }: PublishAnswer): readonly string[] {
  if (!('event_id' in details)) return [message];
  const { event_id: id, topic, triggered_tasks: tasks, duplicate } = details;
  const known = duplicate ? ', which had been published before' : '';
  return [`${id}  ${printable(topic)}, for ${tasks} ${tasks === 1 ? 'task' : 'tasks'}${known}`];
}

/** `tenuto events replay EVENT`. */
export const replayEvent: Command<[eventId: string]> = async ({ output, client }, eventId) => {
  const answer = await client().events.replay(eventId);
  output.result(answer, () => publishedLines(answer));
  return EXIT.ok;
};

/** `tenuto events topics`. */
export const listTopics: Command<[]> = async (session) => {
  const listing = session.client().events.topics({ limit: PAGE });
  const row = (topic: TopicView) => [
    printable(topic.topic),
    printable(topic.owner),
    String(topic.events),
    topic.last_event_at,
  ];
  return showList(session, { listing, limit: Number.POSITIVE_INFINITY }, (topics) =>
    tableLines(['TOPIC', 'OWNER', 'EVENTS', 'LAST'], topics.map(row)),
  );
};

/** `tenuto events recent`: newest first. */
export const recentEvents: Command<
  [options: { readonly topic?: string; readonly filter?: string; readonly limit: string }]
> = async (session, { topic, filter, limit: written }) => {
  const limit = readCount(written);
  const query = {
    count: Math.min(limit, PAGE),
    ...(topic !== undefined && { topic }),
    ...(filter !== undefined && { filter }),
  };
  const listing = session.client().events.recent(query);
  return showList(session, { listing, limit }, (events) =>
    tableLines(['EVENT', 'AT', 'TOPIC', 'PAYLOAD'], events.map(eventRow)),
  );
};

function eventRow(event: EventView): readonly string[] {
  return [
    event.event_id,
    event.published_at,
    truncate(printable(event.topic), TOPIC_CELLS),
    truncate(printable(JSON.stringify(event.payload)), PAYLOAD_CELLS),
  ];
}

export interface TailOptions {
  readonly topic?: string;
  readonly filter?: string;
  readonly after?: string;
  /** Ends after so many, as it was written. */
  readonly count?: string;
}

/** `tenuto events tail`: events as they are published, until Ctrl-C or so many have come. */
export const tailEvents: Command<[options: TailOptions]> = async (
  { io, output, client },
  { topic, filter, after, count: written },
) => {
  let left = written === undefined ? Number.POSITIVE_INFINITY : readCount(written);
  const abort = new AbortController();
  const release = io.onInterrupt(() => abort.abort());
  const query = {
    ...(topic !== undefined && { topic }),
    ...(filter !== undefined && { filter }),
    ...(after !== undefined && { after }),
  };
  try {
    for await (const event of client().events.tail(query, { signal: abort.signal })) {
      output.event({ ...event });
      const payload = printable(JSON.stringify(event.payload));
      output.say(`${output.palette.dim(event.published_at)} ${printable(event.topic)} ${payload}`);
      left -= 1;
      if (left <= 0) break;
    }
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  } finally {
    release();
  }
  return EXIT.ok;
};
