/** Stores in which something is wrong with the firings of tasks. */
import { randomUUID } from 'node:crypto';
import type { Plant } from './plant.ts';

const COPIED = `plan_hash, owner, kind, name, job_type, priority, triggered_by, input, created_at,
  scheduled_at, status, claim_key, wake_at, task_id`;

export const FIRINGS: Readonly<Record<string, Plant>> = {
  firing_twice: {
    async spoil({ ask, queued }) {
      const taskId = randomUUID();
      const task = { id: taskId, origin: 'schedule', tick: '2026-01-15T09:00:00.000Z' };
      await ask(
        `update run_live set task_id = $2, kind = 2, input = left(input, -1) || $3
         where run_id = $1`,
        [queued, taskId, `,"task":${JSON.stringify(task)}}`],
      );
      await ask(
        `insert into run_live (run_id, ${COPIED})
         select uuid_v7(), ${COPIED} from run_live where run_id = $1`,
        [queued],
      );
      return taskId;
    },
  },
  missing_firings: {
    async spoil({ ask }) {
      const [next] = await ask<{ name: string }>(
        `select 'task_firings_' || to_char(to_timestamp((floor(extract(epoch from now()) / 604800)
           + 1) * 604800) at time zone 'UTC', 'YYYYMMDD') as name`,
      );
      await ask(`drop table ${next?.name}`);
      return 'task_firings';
    },
  },
};
