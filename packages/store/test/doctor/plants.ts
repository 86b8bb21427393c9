/** For each check, what makes a sound store one in which it finds something. */
import { randomUUID } from 'node:crypto';
import { FIRINGS } from './firing-plants.ts';
import { MONEY } from './money-plants.ts';
import type { Plant } from './plant.ts';
import type { SoundStore } from './sound-store.ts';

const HOURS_AGO = `now() - interval '2 hours'`;

/** Seals what is not there: nothing, or one row. */
async function seal(ask: SoundStore['ask'], lost?: string): Promise<void> {
  await ask(
    `insert into audit_seals (seal_no, to_position, to_id, rows, entries, previous, hash)
     select seal_no, to_position, to_id, rows, entries, previous,
       audit_seal_hash(seal_no, to_position, to_id, rows, entries, previous)
     from (select 1::bigint as seal_no, 0::bigint as to_position, uuid_v7_floor('epoch') as to_id,
       $1::int as rows, decode(repeat('00', 32), 'hex') as previous,
       coalesce(uuid_send($2::uuid) || sha256(''), '') as entries) s`,
    [lost === undefined ? 0 : 1, lost ?? null],
  );
}

/** A run that ended long ago, so that upkeep has come by. */
async function endedLongAgo({ ask, over }: SoundStore): Promise<string> {
  await ask(`update runs set completed_at = ${HOURS_AGO} where run_id = $1`, [over]);
  return over;
}

const RUNS: Readonly<Record<string, Plant>> = {
  lost_run: {
    async spoil({ ask, over }) {
      await ask('delete from runs where run_id = $1', [over]);
      return over;
    },
  },
  run_twice: {
    async spoil({ ask, over }) {
      await ask(
        `insert into run_live (run_id, plan_hash, owner, kind, name, job_type, priority,
           triggered_by, input, created_at, started_at, status, claim_key, wake_at)
         select run_id, plan_hash, owner, kind, name, job_type, priority, triggered_by, input,
           created_at, started_at, 'running', 0, now() from runs where run_id = $1`,
        [over],
      );
      return over;
    },
  },
  unfinished_history: {
    async spoil({ ask, over }) {
      await ask(`update runs set status = 'paused' where run_id = $1`, [over]);
      return over;
    },
    also: ['replay_status'],
  },
  live_status: {
    async spoil({ ask, live }) {
      await ask(`update run_live set status = 'completed' where run_id = $1`, [live]);
      return live;
    },
  },
  missing_plan: {
    async spoil({ ask, over }) {
      await ask('delete from plans p using runs r where r.run_id = $1 and p.hash = r.plan_hash', [
        over,
      ]);
      return over;
    },
  },
  missing_partition: {
    async spoil({ ask }) {
      const [next] = await ask<{ name: string }>(
        `select 'run_events_' || to_char(to_timestamp((floor(extract(epoch from now()) / 604800) + 1)
           * 604800) at time zone 'UTC', 'YYYYMMDD') as name`,
      );
      await ask(`drop table ${next?.name}`);
      return 'run_events';
    },
  },
  orphan_lease: {
    async spoil({ ask, live, engineId }) {
      await ask('update engine_fences set alive = false, epoch = epoch + 1 where engine = $1', [
        engineId,
      ]);
      return live;
    },
  },
  stuck_run: {
    async spoil({ ask, queued }) {
      await ask(
        `update run_live set created_at = ${HOURS_AGO}, wake_at = ${HOURS_AGO},
           claim_key = (extract(epoch from ${HOURS_AGO}) * 1000)::bigint where run_id = $1`,
        [queued],
      );
      return queued;
    },
  },
  late_claim_key: {
    async spoil({ ask, queued }) {
      await ask('update run_live set claim_key = claim_key + 3600000 where run_id = $1', [queued]);
      return queued;
    },
  },
};

const LEFTOVERS: Readonly<Record<string, Plant>> = {
  leaked_start: {
    async spoil(store) {
      const over = await endedLongAgo(store);
      await store.ask('insert into started values ($1, 0, 1, now())', [over]);
      return over;
    },
  },
  stray_inbox: {
    async spoil({ ask, over }) {
      await ask(`insert into run_inbox (run_id, seq, type, body) values ($1, 1, 'cancel', '{}')`, [
        over,
      ]);
      return over;
    },
  },
  inbox_behind: {
    async spoil({ ask, live }) {
      await ask(`insert into run_inbox (run_id, seq, type, body) values ($1, 5, 'cancel', '{}')`, [
        live,
      ]);
      return live;
    },
  },
  unheard_message: {
    async spoil({ ask, live }) {
      await ask('update run_live set inbox_seq = 1 where run_id = $1', [live]);
      await ask(
        `insert into run_inbox (run_id, seq, at, type, body)
         values ($1, 1, ${HOURS_AGO}, 'cancel', '{}')`,
        [live],
      );
      return live;
    },
  },
  open_intervention: {
    async spoil(store) {
      const over = await endedLongAgo(store);
      const id = randomUUID();
      await store.ask(
        `insert into interventions (intervention_id, run_id, owner, session_id, message, state,
           opened_at, default_resolution)
         values ($1, $2, 'ann', $3, 'What now?', 'open', now(), 'abort')`,
        [id, over, randomUUID()],
      );
      return id;
    },
  },
  lost_key: {
    async spoil({ ask }) {
      await ask(
        `insert into idempotency_keys (owner, key, request_hash, run_id)
         values ('ann', 'key-1', '', $1)`,
        [randomUUID()],
      );
      return 'key-1';
    },
  },
};

const JOURNALS: Readonly<Record<string, Plant>> = {
  journal_order: {
    async spoil({ ask, over }) {
      await ask('update attempts set seq = seq + 1 where run_id = $1 and seq = 4', [over]);
      return over;
    },
  },
  completed_twice: {
    async spoil({ ask, over }) {
      await ask(
        `insert into attempts (run_id, node, attempt, seq, generation, status, ended_at)
         values ($1, 0, 2, 5, 0, 'completed', now())`,
        [over],
      );
      return over;
    },
    also: ['replay_refused'],
  },
  changed_after_end: {
    async spoil({ ask, over }) {
      await ask(
        `insert into run_events (run_id, seq, at, type, body)
         values ($1, 5, now(), 'transition', '{"from": "completed", "to": "running"}')`,
        [over],
      );
      return over;
    },
  },
  missing_output: {
    async spoil({ ask, over }) {
      await ask(
        `update attempts set output = null, output_ref = '\\x01' where run_id = $1 and node = 0`,
        [over],
      );
      return over;
    },
  },
  missing_artifact: {
    async spoil({ ask, over }) {
      await ask(
        `insert into artifacts (run_id, node, attempt, path, name, media_type, size_bytes, hash,
           in_database)
         values ($1, 0, 1, 'nodes/a/report', 'report', 'text/plain', 3, '\\x01', true)`,
        [over],
      );
      return over;
    },
  },
  missing_bytes: {
    async spoil({ ask, over }) {
      await ask(
        `insert into artifacts (run_id, node, attempt, path, name, media_type, size_bytes, hash,
           in_database)
         values ($1, 0, 1, 'nodes/a/report', 'report', 'text/plain', 3, '\\x01', false)`,
        [over],
      );
      return over;
    },
  },
  batch_gap: {
    async spoil({ ask, engineId }) {
      await ask('delete from batches where engine = $1 and seq = 2', [engineId]);
      return engineId;
    },
  },
  epoch_behind: {
    async spoil({ ask, engineId }) {
      await ask(
        `insert into batches (engine, epoch, lane, seq, floor_seq)
         select engine, epoch + 1, lane, 1, 1 from engine_fences where engine = $1`,
        [engineId],
      );
      return engineId;
    },
  },
};

const RECORDS: Readonly<Record<string, Plant>> = {
  running_recovery: {
    async spoil({ ask, over }) {
      const session = randomUUID();
      await addRecovery(ask, session, over);
      await ask(
        `insert into recovery_audits (audit_id, session_id, run_id, owner, event, trigger, action,
           actor, state_before, details, at)
         values (uuid_v7(), $1, $2, 'ann', 'started', 'failure', 'retry_job', 'policy', 'failed',
           '{}', now())`,
        [session, over],
      );
      return session;
    },
  },
  silent_recovery: {
    async spoil({ ask, live }) {
      const session = randomUUID();
      await addRecovery(ask, session, live);
      return session;
    },
  },
  missing_audit: {
    async spoil({ ask, over }) {
      await ask('alter table audit disable trigger audit_is_append_only');
      await ask('delete from audit where subject = $1', [over]);
      await ask('alter table audit enable trigger audit_is_append_only');
      return over;
    },
  },
  audit_chain: {
    async spoil({ ask }) {
      const lost = randomUUID();
      await seal(ask, lost);
      return lost;
    },
  },
  audit_unsealed: {
    async spoil({ ask }) {
      await seal(ask);
      const [row] = await ask<{ audit_id: string }>(
        `insert into audit (audit_id, at, actor, action, subject, details, position)
         values (uuid_v7(), ${HOURS_AGO}, 'ann', 'job.paused', 'a', '{}', 1) returning audit_id`,
      );
      return row?.audit_id ?? '';
    },
  },
  audit_guard: {
    async spoil({ ask }) {
      await ask('alter table audit disable trigger audit_is_append_only');
      return 'audit';
    },
  },
  late_notice: {
    async spoil({ ask }) {
      const id = randomUUID();
      await ask(
        `insert into notices (notice_id, owner, event, at) values ($1, 'ann', 'run.ended', ${HOURS_AGO})`,
        [id],
      );
      return id;
    },
  },
  event_order: {
    async spoil({ ask }) {
      await addEvent(ask, 'uuid_v7()', 0);
      const [row] = await ask<{ id: string }>('select event_id::text as id from events');
      return row?.id ?? '';
    },
  },
  event_match: {
    async spoil({ ask }) {
      await addEvent(ask, 'uuid_v7()', 1);
      await ask('update event_head set last_id = (select event_id from events)');
      const [row] = await ask<{ id: string }>('select event_id::text as id from events');
      return row?.id ?? '';
    },
  },
  event_behind: {
    async spoil({ ask }) {
      await addEvent(ask, `uuid_v7_floor(now() - interval '1 hour')`, 0);
      await ask('update event_head set last_id = (select event_id from events)');
      await ask(`insert into event_carriers values ('a stream', uuid_v7_floor(${HOURS_AGO}))`);
      return 'a stream';
    },
  },
  durability: {
    async spoil({ ask, desk }) {
      await ask(`alter database ${desk.connection.database} set synchronous_commit = off`);
      return 'synchronous_commit';
    },
  },
  dead_rows: {
    async spoil({ desk }) {
      const session = await desk.session();
      await session.query('create table litter (n int) with (autovacuum_enabled = off)');
      await session.query('insert into litter select generate_series(1, 110000)');
      await session.query('delete from litter');
      await session.query('select pg_stat_force_next_flush()');
      return 'litter';
    },
  },
};

async function addEvent(ask: SoundStore['ask'], id: string, triggered: number) {
  await ask(
    `insert into events (event_id, owner, topic, payload, origin, published_by, triggered)
     values (${id}, 'ann', 'a', '1', 'api', 'ann', $1)`,
    [triggered],
  );
}

async function addRecovery(ask: SoundStore['ask'], session: string, runId: string) {
  await ask(
    `insert into recoveries (session_id, run_id, owner, trigger, action, parameters, actor,
       state_before, started_at)
     values ($1, $2, 'ann', 'failure', 'retry_job', '{}', 'policy', 'failed', now())`,
    [session, runId],
  );
}

const REPLAYS: Readonly<Record<string, Plant>> = {
  replay_refused: {
    async spoil({ ask, over }) {
      await ask('update attempts set seq = 3 - seq where run_id = $1 and node < 2', [over]);
      return over;
    },
  },
  replay_status: {
    async spoil({ ask, over }) {
      await ask(`update runs set status = 'failed' where run_id = $1`, [over]);
      return over;
    },
  },
  replay_counts: {
    async spoil({ ask, over }) {
      await ask(
        `update runs set progress = replace(progress, '"completed":4', '"completed":3')
         where run_id = $1`,
        [over],
      );
      return over;
    },
  },
  attempt_numbers: {
    async spoil({ ask, over }) {
      await ask('update attempts set attempt = 2 where run_id = $1 and node = 1', [over]);
      return over;
    },
    also: ['replay_counts'],
  },
  attempts_exceeded: {
    spoil: ({ ended }) =>
      ended({
        status: 'completed',
        lines: [
          { node: 0, again: true },
          { node: 0, attempt: 2, again: true },
          { node: 0, attempt: 3 },
          { node: 1 },
          { node: 2 },
        ],
        ...{ counts: { completed: 3 }, retries: 2 },
      }),
  },
  work_after_stop: {
    spoil: ({ ended }) =>
      ended({
        status: 'cancelled',
        lines: [{ stop: 'cancelled' }, { node: 2 }, { node: 0 }],
        counts: { completed: 1, skipped: 2 },
      }),
    also: ['replay_refused'],
  },
};

/** By the name of the check. What only time makes has a test of its own. */
export const PLANTS = {
  ...{ ...RUNS, ...LEFTOVERS, ...JOURNALS, ...RECORDS, ...REPLAYS },
  ...FIRINGS,
  ...MONEY,
};
