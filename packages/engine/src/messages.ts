/** What reaches runs from outside: asked whether it is possible, then carried out. */

import type { DriverPorts } from './driver-ports.ts';
import { noteProgress } from './leaving.ts';
import type { Owned } from './owned.ts';
import type { InboxBody, InboxItem, InboxType } from './ports/inbox.ts';
import { completed, goesOn } from './recovery-steps.ts';
import {
  awaitsSignal,
  objectionTo,
  type RecoverEvent,
  type RecoveryStep,
  RUN,
  type RunEvent,
  runningAttempts,
} from './run/index.ts';
import { abortRun, handle, recoverRun, stopRun } from './run-driver.ts';
import { journalNote } from './run-records.ts';

type Hear<Type extends InboxType> = (
  ports: DriverPorts,
  owned: Owned,
  body: InboxBody[Type],
) => string | undefined;

/** Carries out what reached the run; what cannot be any more is noted, and changes nothing. */
export function takeItem(ports: DriverPorts, owned: Owned, item: InboxItem): void {
  owned.inboxSeq = Math.max(owned.inboxSeq, item.seq);
  const row = { runId: owned.id, seq: item.seq };
  const consumed = { kind: 'consumed' as const, run: owned, row, consequences: 0 };
  owned.journal.append(consumed);
  const before = owned.queue.length;
  const refusal = hear(ports, owned, item);
  if (refusal !== undefined) {
    const id = item.type === 'signal' ? item.body.awaited : undefined;
    const body = {
      ...{ message: item.type, actor: item.body.actor, reason: refusal },
      ...(id !== undefined && { id }),
    };
    journalNote(owned, { type: 'refused', at: ports.clock.wall(), body });
  }
  consumed.consequences = Math.max(0, owned.queue.length - before);
}

/** @returns why it cannot be done */
function hear(ports: DriverPorts, owned: Owned, item: InboxItem): string | undefined {
  switch (item.type) {
    case 'cancel':
      return cancel(ports, owned, item.body);
    case 'pause':
    case 'resume':
      return change(ports, owned, { type: item.type, at: ports.clock.wall() }, item.body);
    case 'signal': {
      const { name, payload, awaited } = item.body;
      if (awaited !== undefined && !awaitsSignal(owned.run, name))
        return `Nothing waits for "${name}" now.`;
      return change(
        ports,
        owned,
        { type: 'signal', at: ports.clock.wall(), name, payload },
        item.body,
      );
    }
    case 'cancel_retry': {
      const { node } = item.body;
      return change(ports, owned, { type: 'give_up', at: ports.clock.wall(), node }, item.body);
    }
    case 'retry':
      return retry(ports, owned, item.body);
    case 'recover':
      return recover(ports, owned, item.body);
    case 'resolve':
      return resolve(ports, owned, item.body);
  }
}

const cancel: Hear<'cancel'> = (ports, owned, { mode, ...said }) => {
  const stop = { status: 'cancelled', grace: mode !== 'immediate' } as const;
  const event = { type: 'stop', at: ports.clock.wall(), running: [], ...stop } as const;
  const objection = objectionTo(owned.run, event);
  if (objection !== undefined) return objection;
  stopRun(ports, owned, stop, saidBy(said));
  return undefined;
};

/** Applies an event that somebody asks for, if it can happen. */
function change(
  ports: DriverPorts,
  owned: Owned,
  event: RunEvent,
  said: { readonly actor: string; readonly reason?: string },
): string | undefined {
  const objection = objectionTo(owned.run, event);
  if (objection !== undefined) return objection;
  handle(ports, owned, event, saidBy(said));
  noteProgress(owned, ports.clock);
  return undefined;
}

function saidBy({ actor, reason }: { readonly actor: string; readonly reason?: string }) {
  return { said: { actor, ...(reason !== undefined && { reason }) } };
}

const retry: Hear<'retry'> = (ports, owned, body) => {
  const step = stepOf(ports, body, { action: 'retry_job', with: {} });
  const { from, node, also } = body;
  return start(ports, owned, {
    ...{ step, from },
    ...(node !== undefined && { node }),
    ...(also !== undefined && { also }),
  });
};

const recover: Hear<'recover'> = (ports, owned, body) => {
  const step = stepOf(ports, body, body);
  const { node } = body;
  return start(ports, owned, { step, ...(node !== undefined && { node }) });
};

/** A person, or the deadline, has decided about a node that waits, or about the run. */
const resolve: Hear<'resolve'> = (ports, owned, body) => {
  const { run } = owned;
  const { intervention, resolution, result } = body;
  const node = [...run.waits].find(
    ([, wait]) => wait.kind === 'intervention' && wait.id === intervention,
  )?.[0];
  // About a node its wait says so; about the run, the session that asks.
  if (node === undefined && run.sessions.get(RUN)?.step.intervention !== intervention) {
    return 'Nobody waits for this decision any more.';
  }
  const step = {
    ...stepOf(
      ports,
      { ...body, session: ports.newId() },
      { action: ACTIONS[resolution], with: result === undefined ? {} : { result } },
    ),
    trigger: 'intervention',
    ...(node !== undefined && onward(ports, owned, node)),
  } as const;
  if (node === undefined && resolution === 'retry') {
    return start(ports, owned, { step: { ...step, action: 'requeue_job' } });
  }
  if (node === undefined && resolution === 'skip') return undefined;
  return start(ports, owned, { step, ...(node !== undefined && { node }) });
};

/** What it has paid for it finds again; a call of which nobody knows is made again if that was asked. */
function onward(ports: DriverPorts, { run }: Owned, node: number): Partial<RecoveryStep> {
  const { trigger } = run.sessions.get(node)?.step ?? {};
  const asked = trigger === 'ambiguous';
  const error = asked || trigger === 'budget' ? undefined : run.errors.get(node);
  if (!goesOn(ports, run, node, error)) return {};
  return { goesOn: true, ...(asked && { decided: true }) };
}

const ACTIONS = { retry: 'retry_job', skip: 'skip_node', abort: 'abort_execution' } as const;

function stepOf(
  { clock, newId }: DriverPorts,
  { session, actor, reason }: { session: string; actor: string; reason?: string },
  what: Pick<RecoveryStep, 'action' | 'with'>,
): RecoveryStep {
  const { action, with: parameters } = what;
  const step: RecoveryStep = {
    ...{ action, session, trigger: 'manual', actor, with: parameters },
    ...(reason !== undefined && { reason }),
  };
  return completed(step, { at: clock.wall(), newId });
}

function start(
  ports: DriverPorts,
  owned: Owned,
  wanted: Pick<RecoverEvent, 'step' | 'node' | 'from' | 'also'>,
): string | undefined {
  const { run } = owned;
  const at = ports.clock.wall();
  const objection = objectionTo(run, {
    ...{ type: 'recover', at, running: runningAttempts(run) },
    ...wanted,
  });
  if (objection !== undefined) return objection;
  const { step } = wanted;
  if (step.action === 'abort_execution' && run.phase !== 'over') abortRun(ports, owned, step);
  else recoverRun(ports, owned, wanted);
  return undefined;
}
