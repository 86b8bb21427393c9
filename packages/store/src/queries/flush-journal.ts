/** The parts of a flush that write the journals of runs. */
import { ATTEMPT_KINDS } from '@tenuto/contract';
import type { Batch } from '@tenuto/engine';
import {
  byteaArray,
  int2Array,
  int4Array,
  textArray,
  timeArray,
  uuidArray,
} from '../binary-array.ts';
import type { Part } from './flush-part.ts';

/**
 * Ends of attempts. Those of a node's first round, about whose failure nothing was decided, are
 * nearly all: for them three columns less are sent.
 */
export function attemptsPart({ attempts }: Batch): Part {
  const marked = attempts.some(
    ({ generation, kind, recovery }) => generation > 0 || kind !== 'work' || recovery !== undefined,
  );
  const types = marked ? ', ?::int2[], ?::int2[], ?::text[]' : '';
  const columns = marked ? ', generation, kind, recovery' : '';
  return {
    name: marked ? 'marked-attempts' : 'attempts',
    sql: `ended as (
      insert into attempts (run_id, node, attempt, seq, status, output, output_ref, error,
        started_at, ended_at, retry_at, generation${marked ? ', kind, recovery' : ''})
      select t.run_id, t.node, t.attempt, t.seq, t.status::attempt_status, t.output, t.output_ref,
        t.error, t.started_at, t.ended_at, t.retry_at,
        ${marked ? 't.generation, t.kind, t.recovery' : '0'}
      from gate, unnest(?::uuid[], ?::int4[], ?::int4[], ?::int4[], ?::text[], ?::text[],
        ?::bytea[], ?::text[], ?::timestamptz[], ?::timestamptz[], ?::timestamptz[]${types})
        t(run_id, node, attempt, seq, status, output, output_ref, error, started_at, ended_at,
          retry_at${columns}))`,
    values: [
      uuidArray(attempts.map((row) => row.runId.bytes)),
      int4Array(attempts.map((row) => row.node)),
      int4Array(attempts.map((row) => row.attempt)),
      int4Array(attempts.map((row) => row.seq)),
      textArray(attempts.map((row) => row.status)),
      textArray(attempts.map((row) => row.output)),
      byteaArray(attempts.map((row) => row.outputRef)),
      textArray(attempts.map((row) => row.error)),
      timeArray(attempts.map((row) => row.startedAt)),
      timeArray(attempts.map((row) => row.endedAt)),
      timeArray(attempts.map((row) => row.retryAt)),
      ...(marked ? markedValues(attempts) : []),
    ],
  };
}

function markedValues(attempts: Batch['attempts']): readonly unknown[] {
  return [
    int2Array(attempts.map((row) => row.generation)),
    int2Array(attempts.map((row) => ATTEMPT_KINDS.indexOf(row.kind))),
    textArray(attempts.map((row) => row.recovery)),
  ];
}

export function demotedPart({ attempts }: Batch): Part {
  const rows = attempts.filter((row) => row.promoted);
  return {
    name: 'demoted',
    sql: `demoted as (
      delete from started s using gate, unnest(?::uuid[], ?::int4[], ?::int4[])
        t(run_id, node, attempt)
      where s.run_id = t.run_id and s.node = t.node and s.attempt = t.attempt)`,
    values: [
      uuidArray(rows.map((row) => row.runId.bytes)),
      int4Array(rows.map((row) => row.node)),
      int4Array(rows.map((row) => row.attempt)),
    ],
  };
}

export function eventsPart({ events }: Batch): Part {
  return {
    name: 'events',
    sql: `noted as (
      insert into run_events (run_id, seq, at, type, body)
      select t.* from gate,
        unnest(?::uuid[], ?::int4[], ?::timestamptz[], ?::text[], ?::text[]) t)`,
    values: [
      uuidArray(events.map((row) => row.runId.bytes)),
      int4Array(events.map((row) => row.seq)),
      timeArray(events.map((row) => row.at)),
      textArray(events.map((row) => row.type)),
      textArray(events.map((row) => JSON.stringify(row.body))),
    ],
  };
}

export function startedPart({ started }: Batch): Part {
  return {
    name: 'started',
    sql: `promoted as (
      insert into started (run_id, node, attempt, started_at)
      select t.* from gate, unnest(?::uuid[], ?::int4[], ?::int4[], ?::timestamptz[]) t
      on conflict do nothing)`,
    values: [
      uuidArray(started.map((row) => row.runId.bytes)),
      int4Array(started.map((row) => row.node)),
      int4Array(started.map((row) => row.attempt)),
      timeArray(started.map((row) => row.startedAt)),
    ],
  };
}

export function consumedPart({ consumed }: Batch): Part {
  return {
    name: 'consumed',
    sql: `consumed as (
      delete from run_inbox i using gate, unnest(?::uuid[], ?::int4[]) t(run_id, seq)
      where i.run_id = t.run_id and i.seq = t.seq)`,
    values: [
      uuidArray(consumed.map((row) => row.runId.bytes)),
      int4Array(consumed.map((row) => row.seq)),
    ],
  };
}
