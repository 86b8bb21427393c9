import type { PublishedEvent, PublishRequest } from '@tenuto/engine';
import { byteaArray, textArray } from '../binary-array.ts';
import type { MatchedEvent } from './event-plan.ts';
import { gathers } from './event-subscriptions.ts';
import { type AnsweredWaiter, noteAnswers } from './event-waiters.ts';
import type { Session } from './transaction.ts';

interface Answer {
  readonly request: PublishRequest;
  readonly answer: readonly PublishedEvent[];
  /** Where it is kept for the key of the request. */
  readonly answerId: string | undefined;
}

/** What one transaction writes. */
export interface Publication {
  readonly events: readonly MatchedEvent[];
  readonly waiters: readonly AnsweredWaiter[];
  readonly answers: readonly Answer[];
}

/** Writes what is published, the audit rows, the answers to requests and to nodes that wait. */
export async function insertEvents(session: Session, publication: Publication): Promise<void> {
  if (publication.events.length > 0) await insertRows(session, publication.events);
  await insertRecords(session, publication.answers);
  if (publication.waiters.length > 0) await noteAnswers(session, publication.waiters);
}

async function insertRows(session: Session, events: readonly MatchedEvent[]): Promise<void> {
  const rows = events.map(({ row }) => row);
  const identified = events.filter(({ identity }) => identity !== undefined);
  const topics = Map.groupBy(rows, ({ owner, topic }) => JSON.stringify([owner, topic]));
  const perTopic = [...topics.values()].flatMap((group) => {
    const [first] = group;
    const last = group.at(-1);
    if (first === undefined || last === undefined) return [];
    return [{ ...first, firstId: first.eventId, lastId: last.eventId, events: group.length }];
  });
  await session.query(
    `with head as (update event_head set last_id = $1),
     keyed as (
       insert into event_keys (hash, event_id) select * from unnest($2::bytea[], $3::uuid[])),
     on_topics as (
       insert into event_topics as t (owner, topic, first_id, last_id, events)
       select * from unnest($4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::int[])
       on conflict (owner, topic) do update set last_id = excluded.last_id,
         events = t.events + excluded.events)
     insert into events (event_id, owner, topic, payload, bytes, context, source_agent_id,
       dedupe_id, origin, published_by, replay_of, triggered)
     select * from unnest($9::uuid[], $10::text[], $11::text[], $12::text[], $13::bytea[],
       $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::uuid[], $20::int[])`,
    [
      rows.at(-1)?.eventId,
      identified.map(({ identity }) => Buffer.from(identity ?? [])),
      identified.map(({ row }) => row.eventId),
      perTopic.map(({ owner }) => owner),
      perTopic.map(({ topic }) => topic),
      perTopic.map(({ firstId }) => firstId),
      perTopic.map(({ lastId }) => lastId),
      perTopic.map((one) => one.events),
      rows.map(({ eventId }) => eventId),
      rows.map(({ owner }) => owner),
      rows.map(({ topic }) => topic),
      textArray(rows.map(({ payload }) => JSON.stringify(payload))),
      byteaArray(rows.map(({ bytes }) => bytes)),
      textArray(rows.map(({ context }) => context && JSON.stringify(context))),
      rows.map(({ sourceAgentId }) => sourceAgentId ?? null),
      rows.map(({ dedupeId }) => dedupeId ?? null),
      rows.map(({ origin }) => origin),
      rows.map(({ publishedBy }) => publishedBy),
      rows.map(({ replayOf }) => replayOf ?? null),
      rows.map(({ triggered }) => triggered),
    ],
  );
}

/** Pairs of event and subscription, each once; and what gathers in windows. */
export async function insertMatches(
  session: Session,
  events: readonly MatchedEvent[],
): Promise<void> {
  const pairs = events.flatMap(({ row, subscriptions }) =>
    subscriptions.map((subscription) => ({ eventId: row.eventId, subscription })),
  );
  if (pairs.length === 0) return;
  const gathered = pairs.filter(({ subscription }) => gathers(subscription));
  const windows = [...Map.groupBy(gathered, ({ subscription }) => subscription)].map(
    ([subscription, group]) => ({ ...subscription, events: group.length }),
  );
  await session.query(
    `with matched as (
       insert into event_matches (event_id, subscription_id)
       select * from unnest($1::uuid[], $2::uuid[])),
     gathered as (
       insert into event_window_items (subscription_id, event_id)
       select * from unnest($3::uuid[], $4::uuid[]))
     insert into event_windows as w (subscription_id, events, debounce_ms, batch_events, batch_ms,
       due_at)
     select id, n, debounce, most, ms, case when n >= most then clock_timestamp()
       else clock_timestamp() + least(ms, debounce) * interval '1 millisecond' end
     from unnest($5::uuid[], $6::int[], $7::int[], $8::int[], $9::int[])
       as g(id, n, debounce, most, ms)
     on conflict (subscription_id) do update set events = w.events + excluded.events,
       debounce_ms = excluded.debounce_ms, batch_events = excluded.batch_events,
       batch_ms = excluded.batch_ms,
       due_at = case when w.events + excluded.events >= excluded.batch_events then clock_timestamp()
         else least(w.opened_at + excluded.batch_ms * interval '1 millisecond',
           clock_timestamp() + excluded.debounce_ms * interval '1 millisecond') end`,
    [
      pairs.map(({ eventId }) => eventId),
      pairs.map(({ subscription }) => subscription.subscriptionId),
      gathered.map(({ subscription }) => subscription.subscriptionId),
      gathered.map(({ eventId }) => eventId),
      windows.map(({ subscriptionId }) => subscriptionId),
      windows.map((window) => window.events),
      windows.map(({ debounceMs }) => debounceMs),
      windows.map(({ batch }) => batch?.events ?? null),
      windows.map(({ batch }) => batch?.ms ?? null),
    ],
  );
}

/** Audit rows of the requests that published something new, and what was answered under keys. */
async function insertRecords(session: Session, answers: readonly Answer[]): Promise<void> {
  const audited = answers.flatMap(({ request: { audit }, answer }) => {
    const fresh = answer.filter(({ duplicate }) => !duplicate);
    const [first] = fresh;
    if (first === undefined) return [];
    return [
      { ...audit, subject: first.eventId, details: { ...audit.details, events: fresh.length } },
    ];
  });
  const kept = answers.flatMap(({ answerId, answer }) =>
    answerId === undefined ? [] : [{ answerId, answer }],
  );
  if (audited.length > 0) {
    await session.query(
      `insert into audit (audit_id, at, actor, action, subject, details, request_id)
       select uuid_v7(), clock_timestamp(), actor, action, subject, details, request_id
       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
         as a(actor, action, subject, details, request_id)`,
      [
        audited.map(({ actor }) => actor),
        audited.map(({ action }) => action),
        audited.map(({ subject }) => subject),
        audited.map(({ details }) => JSON.stringify(details)),
        audited.map(({ requestId }) => requestId ?? null),
      ],
    );
  }
  for (const { answerId, answer } of kept) {
    await session.query(
      'insert into event_answers (answer_id, event_ids, duplicates) values ($1, $2, $3)',
      [answerId, answer.map(({ eventId }) => eventId), answer.map(({ duplicate }) => duplicate)],
    );
  }
}
