/** What the run's journal tells: ends of attempts, and what happened besides. */
import {
  ATTEMPT_KINDS,
  type AttemptStatus,
  formatTime,
  type Json,
  type JsonObject,
  RUN_STATUSES,
  type RunStatus,
} from '@tenuto/contract';
import { errorIn, type FeedChange, type FeedItem, objectIn, textIn } from '@tenuto/engine';
import { objectOf } from '../run-row.ts';
import { type FeedSource, LOOK_ROWS, MS } from './source.ts';

interface Row {
  readonly seq: number;
  readonly at: number;
  readonly type: string | null;
  readonly body: string | null;
  readonly node: number | null;
  readonly attempt: number | null;
  readonly generation: number;
  readonly kind: number;
  readonly status: AttemptStatus;
  readonly error: string | null;
  readonly started_at: number | null;
  readonly retry_at: number | null;
}

// The lines of a run's journal are committed in the order of their numbers.
const SQL = `
  select * from (
    (select a.seq, ${MS('a.ended_at')} as at, null as type, null as body, a.node, a.attempt,
       a.generation, a.kind, a.status::text as status, a.error, ${MS('a.started_at')} as started_at,
       ${MS('a.retry_at')} as retry_at
     from attempts a where a.run_id = $1 and a.seq > $2 order by a.seq limit ${LOOK_ROWS})
    union all
    (select e.seq, ${MS('e.at')}, e.type, e.body, null, null, 0, 0, null, null, null, null
     from run_events e where e.run_id = $1 and e.seq > $2 order by e.seq limit ${LOOK_ROWS})
  ) j order by j.seq limit ${LOOK_ROWS}`;

export const journalSource: FeedSource = {
  async look(snapshot, { runId, state }) {
    const { rows } = await snapshot.query<Row>(SQL, [runId, state.seq]);
    return { items: rows.map(itemOf), more: rows.length === LOOK_ROWS };
  },
};

function itemOf(row: Row): FeedItem {
  const { seq, at, type } = row;
  return { seq, at, ...(type === null ? attemptItem(row) : eventItem(type, row)) };
}

type Told = Omit<FeedItem, 'at' | 'seq'>;

function attemptItem(row: Row): Told {
  const { at, started_at: startedAt, retry_at: retryAt } = row;
  return {
    node: row.node ?? -1,
    entry: {
      type: 'node',
      status: row.status,
      attempt: row.attempt ?? 0,
      generation: row.generation,
      kind: ATTEMPT_KINDS[row.kind] ?? 'work',
      started_at: startedAt === null ? null : formatTime(startedAt),
      duration_ms: startedAt === null ? null : Math.max(0, Math.round(at - startedAt)),
      retry_at: retryAt === null ? null : formatTime(retryAt),
      error: errorIn(objectOf(row.error) ?? undefined),
    },
  };
}

function eventItem(type: string, row: Row): Told {
  const body = objectOf(row.body) ?? {};
  const change = changeOf(type, body);
  return { ...(change !== undefined && { change }), ...tell(type, body) };
}

/** Status changes as the history of a job tells them. */
function changeOf(type: string, body: JsonObject): FeedChange | undefined {
  if (!CHANGING.has(type)) return undefined;
  const to = statusOf(body.to ?? body.status);
  if (to === undefined) return undefined;
  const from = type === 'transition' ? statusOf(body.from) : undefined;
  const step = objectIn(body.step);
  const endedAt = body.ended_at;
  return {
    to,
    ...(from !== undefined && { from }),
    reason: textIn(body.reason) ?? textIn(step?.reason),
    actor: textIn(body.actor) ?? textIn(step?.actor),
    ...(typeof endedAt === 'number' && { endedAt }),
    ...(endedAt !== undefined && { endReason: textIn(objectIn(body.error)?.message) }),
  };
}

const CHANGING = new Set(['stop', 'transition', 'pause', 'resume', 'recover', 'waiting', 'signal']);

function tell(type: string, body: JsonObject): Told {
  const node = typeof body.node === 'number' ? body.node : -1;
  if (type === 'waiting') {
    const { attempt } = body;
    const waiting = waitOf(objectIn(body.wait) ?? {});
    return {
      node,
      entry: {
        ...{ type: 'node', status: 'waiting' },
        ...(typeof attempt === 'number' && { attempt }),
        waiting_for: waiting,
      },
    };
  }
  if (type === 'recover') return { node, entry: recoveryOf(objectIn(body.step) ?? {}) };
  if (!NOTED.has(type)) return {};
  const name = textIn(type === 'refused' ? body.message : (body.name ?? body.status));
  const [reason, actor] = [textIn(body.reason), textIn(body.actor)];
  return { node, entry: { type: 'note', what: type, name, reason, actor } };
}

const NOTED = new Set(['signal', 'give_up', 'late', 'refused']);

function recoveryOf(step: JsonObject): JsonObject {
  return {
    type: 'recovery',
    session_id: textIn(step.session) ?? '',
    action: textIn(step.action) ?? '',
    trigger: textIn(step.trigger) ?? '',
    actor: textIn(step.actor),
    reason: textIn(step.reason),
  };
}

function waitOf(wait: JsonObject): JsonObject {
  const { kind, until, name, topic, runId } = wait;
  return {
    ...(typeof until === 'number' && { until: formatTime(until) }),
    ...(kind === 'run' && typeof runId === 'string' && { run_id: runId }),
    ...(kind === 'signal' && typeof topic !== 'string' && { signal: textIn(name) ?? '' }),
    ...(typeof topic === 'string' && { topic }),
  };
}

function statusOf(value: Json | undefined): RunStatus | undefined {
  return RUN_STATUSES.find((status) => status === value);
}
