import { type EventInterest, eventInterest, type TaskRecord } from '@tenuto/engine';
import type pg from 'pg';
import { putSubscription, removeSubscription } from './event-subscriptions.ts';

/** A task as far as events are concerned. */
export interface FollowedTask extends Pick<TaskRecord, 'taskId' | 'owner' | 'definition'> {
  /** It fires no more. */
  readonly over: boolean;
}

/** What events a task is for from now on; undefined when it is to hear of none. */
export function interestOf({ definition, over }: FollowedTask): EventInterest | undefined {
  return over ? undefined : eventInterest(definition);
}

/**
 * Lets events find the task, or no longer: called last in the transaction that makes or changes a
 * task that has, or had, an interest in them.
 */
export async function followTask(
  session: Pick<pg.ClientBase, 'query'>,
  task: FollowedTask,
): Promise<void> {
  const interest = interestOf(task);
  const { taskId: subscriptionId, owner } = task;
  if (interest === undefined) await removeSubscription(session, subscriptionId);
  else await putSubscription(session, { subscriptionId, owner, everyone: false, ...interest });
}
