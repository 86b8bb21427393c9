import type { TaskDefinition } from '@tenuto/contract';
import type { Access, NewTask, TaskChange, TaskChangeResult, TaskMaking } from '@tenuto/engine';
import { auditPart } from './audit.ts';
import { ask, asked, type Database, type Parameters, parameters } from './database.ts';
import { freshPart, keyPart } from './idempotency.ts';
import { putPlan } from './plans.ts';
import { reachable } from './run-row.ts';
import { quotaRoom, withinRoom } from './task-quota.ts';
import { followTask } from './task-subscriptions.ts';
import { LOCKED, TAKEN, type TakenRow, takenOf, turnParts } from './task-turn.ts';
import { findTask } from './tasks.ts';
import { patientTransaction, transaction } from './transaction.ts';

/** Makes a task with its idempotency key and its audit row, or none of them. */
export async function createTask(db: Database, task: NewTask): Promise<'created' | 'duplicate'> {
  await keepPlans(db, task.making);
  const { taskId, owner, definition } = task;
  if (!hearsEvents(definition)) return insertTask(db, task);
  return transaction(db, async (session) => {
    const result = await insertTask(session, task);
    if (result === 'created') await followTask(session, { taskId, owner, definition, over: false });
    return result;
  });
}

function hearsEvents({ schedule_kind: kind }: TaskDefinition): boolean {
  return kind === 'event' || kind === 'condition';
}

async function insertTask(
  db: Pick<Database, 'query'>,
  { taskId, owner, definition, payload, making, standing, createdAt, idempotency, audit }: NewTask,
): Promise<'created' | 'duplicate'> {
  const given = parameters();
  const made = { names: 'task', id: given.add(taskId) };
  const content = contentOf({ definition, payload, making }, given);
  const actor = given.add(audit.actor);
  const rows = await ask(
    db,
    `with ${freshPart({ owner, idempotency }, made, given)},
     made as (
       insert into tasks (task_id, owner, status, tick_at, due_at, created_at, created_by, updated_by,
         ${content.map(([column]) => column).join(', ')})
       select id, ${given.add(owner)}, ${given.add(standing.status)}, ${given.add(standing.tickAt)},
         ${given.add(standing.dueAt)}, to_timestamp(${given.add(createdAt)} / 1000.0), ${actor}, ${actor},
         ${content.map(([, value]) => value).join(', ')}
       from fresh returning task_id),
     audited as (${auditPart(audit, 'made', given)})
     select task_id from made`,
    given.values,
  );
  return rows.length === 0 ? 'duplicate' : 'created';
}

async function keepPlans(db: Database, { plan, probe }: TaskMaking): Promise<void> {
  for (const one of [plan, ...(probe === undefined ? [] : [probe.plan])]) {
    await asked(() => putPlan(db, one.hash, one.document, one.nodeCount));
  }
}

/** Columns that say what a task is, with their values. */
function contentOf(
  { definition, payload, making }: NonNullable<TaskChange['content']>,
  given: Parameters,
): [column: string, value: string][] {
  const { plan, input, probe, profile } = making;
  const values: Record<string, unknown> = {
    title: definition.title,
    schedule_kind: definition.schedule_kind,
    definition: JSON.stringify(definition),
    payload: JSON.stringify(payload),
    concurrency_key: definition.concurrency_key ?? null,
    plan_hash: Buffer.from(plan.hash, 'hex'),
    input,
    priority: definition.priority ?? 5,
    probe_plan: probe === undefined ? null : Buffer.from(probe.plan.hash, 'hex'),
    probe_input: probe?.input ?? null,
    profile: profile ?? null,
  };
  return Object.entries(values).map(([column, value]) => [column, given.add(value)]);
}

/**
 * The next turn of a task, with what somebody has asked for, in one statement: its row, what is
 * fired, and the audit row.
 */
export async function changeTask(
  db: Database,
  access: Access,
  change: TaskChange,
): Promise<TaskChangeResult> {
  const { taskId, content, standing } = change;
  if (content !== undefined) await keepPlans(db, content.making);
  const before = await findTask(db, access, taskId);
  if (before === undefined) return 'missing';
  const definition = content?.definition ?? before.definition;
  if (!hearsEvents(definition) && !hearsEvents(before.definition)) {
    return updateTask(db, access, change);
  }
  const over = change.remove === true || ['cancelled', 'completed'].includes(standing.status);
  return patientTransaction(db, async (session) => {
    const result = await updateTask(session, access, change);
    if (typeof result === 'object') {
      await followTask(session, { taskId, owner: before.owner, definition, over });
    }
    return result;
  });
}

async function updateTask(
  db: Pick<Database, 'query'>,
  access: Access,
  wanted: TaskChange,
): Promise<TaskChangeResult> {
  const room = await quotaRoom(db, wanted.firings.length === 0 ? [] : [wanted.taskId]);
  const [change = wanted] = withinRoom([wanted], room);
  const { taskId, content, audit, idempotency, dropQueue = false, remove = false } = change;
  const given = parameters();
  const id = given.add(taskId);
  const locked = `select ${LOCKED} from tasks t where t.task_id = ${id}
    and t.deleted_at is null and ${reachable(access, given, 't')} for update`;
  const columns = content === undefined ? [] : contentOf(content, given);
  const set = [
    ...columns.map(([column, value]) => `${column} = ${value}`),
    'version = t.version + 1',
    'updated_at = clock_timestamp()',
    `updated_by = ${given.add(audit.actor)}`,
    ...(remove ? ['deleted_at = clock_timestamp()'] : []),
  ];
  const parts = turnParts(given, [change], {
    ...{ locked, ids: given.add([taskId]), room },
    set: columnsApart(set),
    queueDropped: dropQueue || remove,
  });
  const rows = await ask<TakenRow>(
    db,
    `with ${parts}${dropQueue || remove ? `, ${droppedPart()}` : ''},
     ${idempotency === undefined ? '' : `${takenKeyPart(idempotency, given)},`}
     audited as (${auditPart(audit, 'moved', given)}) ${TAKEN}`,
    given.values,
  );
  const [taken] = takenOf(rows);
  return taken ?? movedOrMissing(db, access, taskId);
}

const columnsApart = (set: readonly string[]) => set.map((one) => `, ${one}`).join('');

/**
 * Whoever asks again under the key finds it before the task is asked for its turn; so of two at once
 * one finds another turn, looks again, and then finds the key.
 */
function takenKeyPart(
  { owner, ...idempotency }: NonNullable<TaskChange['idempotency']>,
  given: Parameters,
): string {
  const id = `coalesce(
    (select s.run_id from settled s where s.outcome = 'fired' order by s.run limit 1), m.task_id)`;
  const made = { from: 'moved m', id, names: 'task_change' };
  return `keyed as (${keyPart({ owner, idempotency }, made, given)})`;
}

/** What waited is told of as skipped. */
function droppedPart(): string {
  return `dropped as (
      delete from task_queue q using moved m where q.task_id = m.task_id returning q.*),
    dropped_told as (
      insert into task_firings (task_id, at, key, tick, due_at, origin, outcome, reason, event_id,
        recorded_at)
      select d.task_id, d.at, d.key, d.tick, d.due_at, d.origin, 'skipped', 'cancelled', d.event_id,
        clock_timestamp()
      from dropped d)`;
}

async function movedOrMissing(
  db: Pick<Database, 'query'>,
  access: Access,
  taskId: string,
): Promise<'moved' | 'missing'> {
  const given = parameters();
  const rows = await ask(
    db,
    `select 1 from tasks t where t.task_id = ${given.add(taskId)} and t.deleted_at is null
       and ${reachable(access, given, 't')}`,
    given.values,
  );
  return rows.length > 0 ? 'moved' : 'missing';
}
