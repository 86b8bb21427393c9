/** Records of tests for the journal. */
import type { InFlight, Journaled, JournalRecord } from '../src/record.ts';

let made = 0;

export function journaled(): Journaled {
  made += 1;
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(0, made);
  return { id: { text: `run-${made}`, bytes }, queue: [] };
}

export function callOf(node: number, attempt = 1): InFlight {
  return { node, attempt, startedAt: 0, promoted: false, ended: false, settled: false };
}

export function startOf(run: Journaled, call: InFlight): JournalRecord {
  return { kind: 'start', run, call };
}

export function endOf(run: Journaled, call: InFlight, output?: string): JournalRecord {
  return {
    kind: 'attempt',
    run,
    call,
    row: {
      runId: run.id,
      seq: 1,
      node: call.node,
      attempt: call.attempt,
      generation: 0,
      kind: 'work',
      status: 'completed',
      startedAt: 1,
      endedAt: 2,
      promoted: false,
      ...(output !== undefined && { output }),
    },
  };
}

export function eventOf(run: Journaled, seq: number): JournalRecord {
  return { kind: 'event', run, row: { runId: run.id, seq, at: 1, type: 'stop', body: {} } };
}

/** That a message was read, of which so many of the records behind it came. */
export function consumedOf(run: Journaled, consequences: number): JournalRecord {
  return { kind: 'consumed', run, row: { runId: run.id, seq: 1 }, consequences };
}

/** That an attempt waits from now on. */
export function waitingOf(run: Journaled, call: InFlight): JournalRecord {
  const { node, attempt } = call;
  const row = { runId: run.id, seq: 1, at: 1, type: 'waiting', body: { node, attempt } } as const;
  return { kind: 'event', run, row, call };
}

export function progressOf(run: Journaled, progress: string): JournalRecord {
  const row = { kind: 'progress', runId: run.id, status: 'running', progress } as const;
  return { kind: 'update', run, row };
}

export function finishOf(run: Journaled): JournalRecord {
  const row = {
    kind: 'finish',
    runId: run.id,
    inboxSeq: 0,
    status: 'completed',
    completedAt: 1,
    progress: '{}',
  } as const;
  return { kind: 'update', run, row };
}
