import type { Batch, RunUpdate, StoreFault } from '@tenuto/engine';
import { runIdOf } from '@tenuto/engine';
import type { Dice } from '../src/dice.ts';
import { drawAside } from './asides.ts';
import { drawCircuit } from './circuit-operations.ts';
import { drawKept } from './kept-operations.ts';
import { drawNews } from './news-operations.ts';
import { DAY_MS, newRunId, type Operation, of, type Universe } from './operation.ts';

const LANES = 2;

/** Draws the next operation. */
export function drawOperation(universe: Universe): Operation {
  const { dice, engines, tables } = universe;
  const engineId = dice.pick(engines);
  const epoch = (tables.fences.get(engineId)?.get(0)?.epoch ?? 1) - (dice.chance(0.1) ? 1 : 0);
  const lanes = dice.int(1, LANES);
  const some = universe.runs.filter(() => dice.chance(0.5));
  const leaseMs = dice.pick([500, 10_000]);
  const register = of('register', ({ store }) =>
    store.register({ engineId, name: 'e', lanes, leaseMs }),
  );
  const simple: readonly Operation[] = [
    register,
    of('beat', ({ store }) => store.beat(engineId, epoch)),
    of('peers', async ({ store }) => {
      const peers = await store.peers(engineId);
      return sorted(peers.filter((peer) => engines.includes(peer.engineId)));
    }),
    takeOver(universe, engineId),
    of('retire', ({ store }) => store.retire(engineId, epoch)),
    claim(universe, engineId, epoch),
    of('readOwned', async ({ store }) => sorted(await store.readOwned(engineId, some))),
    of('ownedRunIds', async ({ store }) => sorted(await store.ownedRunIds(engineId))),
    of('inbox', ({ store }) => store.inbox(engineId)),
    of('outcomes', async ({ store }) => sorted(await store.outcomes(some))),
    of('requestCancel', ({ store }) => store.requestCancel(some.slice(0, 2), 'no more')),
  ];
  // One that was fenced off registers again, mostly: what it writes comes to nothing.
  const stands = tables.fences.get(engineId)?.get(0)?.alive === true;
  if (!stands && dice.chance(0.6)) return register;
  const kind = dice.next();
  if (kind < 0.5) return flush(universe, engineId, epoch);
  if (kind < 0.65) return drawNews(universe);
  if (kind < 0.75) return drawCircuit(universe);
  return kind < 0.8 ? drawKept(universe) : dice.pick(simple);
}

function sorted<T>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function takeOver({ dice, tables }: Universe, engineId: string): Operation {
  const seen = tables.beats.get(engineId) ?? 0;
  const beat = dice.pick([undefined, seen, seen, seen - 1]);
  return of(`takeOver at ${beat}`, ({ store }) => store.takeOver(engineId, beat));
}

/** Runs of equal rank may be claimed in any order: then there must be room for all. */
function claim({ dice, tables }: Universe, engineId: string, epoch: number): Operation {
  const keys = [...tables.live.values()].map((row) => row.claimKey);
  const limit = new Set(keys).size === keys.length ? dice.pick([1, 2, 100]) : 100;
  return of(`claim ${limit}`, async ({ store }) =>
    sorted(await store.claim({ engineId, epoch, limit })),
  );
}

function flush(universe: Universe, engineId: string, epoch: number): Operation {
  const { dice, sent } = universe;
  const last = sent.at(-1);
  if (last !== undefined && dice.chance(0.15)) return send(last.key, last.batch, 'again');
  const key = { engineId, lane: dice.int(0, LANES - 1), epoch };
  const batch = drawBatch(universe, key);
  sent.push({ key, batch });
  return send(key, batch, 'first');
}

function send(key: Universe['sent'][number]['key'], batch: Batch, time: string): Operation {
  return of(`flush ${batch.seq} ${time}`, async (session) => {
    try {
      const lane = await session.lane(key);
      const { outcome, duplicates, refused } = await lane.flush(batch);
      return { outcome, duplicates: sorted(duplicates), refused: sorted(refused) };
    } catch (error) {
      return { fault: (error as StoreFault).kind };
    }
  });
}

function drawBatch(universe: Universe, key: Universe['sent'][number]['key']): Batch {
  const { dice, tables, runs, now } = universe;
  const before = [...tables.batches.values()].filter(
    (row) => row.engine === key.engineId && row.epoch === key.epoch && row.lane === key.lane,
  );
  const seq = Math.max(0, ...before.map((row) => row.seq)) + (dice.chance(0.05) ? 2 : 1);
  const submits = dice.chance(0.5) ? [submit(universe)] : [];
  const own = runs.filter((id) => tables.live.get(id)?.engine === key.engineId);
  const some = dice.chance(0.8) ? own : runs;
  const known = some.filter(() => dice.chance(0.5)).slice(-3);
  const runId = () => runIdOf(dice.pick(known));
  const rows = <T>(probability: number, draw: () => T): T[] =>
    known.length > 0 && dice.chance(probability) ? [draw()] : [];
  const starts = rows(0.5, () => start(dice.pick(known), dice.int(0, 2), dice.int(1, 3)));
  const ended = {
    generation: 0,
    kind: 'work' as const,
    startedAt: now - 500,
    endedAt: now - 100,
    promoted: dice.chance(0.3),
  };
  for (const row of submits) runs.push(row.runId.text);
  return {
    ...{ seq, floorSeq: Math.max(1, seq - dice.int(0, 3)), submits },
    starts: Buffer.concat(starts),
    attempts: rows(0.6, () => ({
      ...{ runId: runId(), seq: dice.int(1, 50), node: dice.int(0, 2), attempt: dice.int(1, 3) },
      ...ended,
      ...(dice.chance(0.5)
        ? ({ status: 'completed', ...outputIn(universe) } as const)
        : ({ status: 'failed', error: '{"type":"x"}', retryAt: now + DAY_MS } as const)),
    })),
    events: rows(0.3, () => ({
      ...{ runId: runId(), seq: dice.int(51, 90), at: now - 50 },
      ...dice.pick(EVENTS),
    })),
    started: rows(0.3, () => ({
      ...{ runId: runId(), node: dice.int(0, 2), attempt: dice.int(1, 3), startedAt: now - 300 },
    })),
    updates: known.filter(() => dice.chance(0.3)).map((id) => update(universe, id)),
    consumed: rows(0.3, () => ({ runId: runId(), seq: dice.int(1, 2) })),
    audits: submits.map((row) => ({
      ...{ id: row.runId.bytes, at: now },
      entry: { actor: 'a', action: 'job.created', subject: row.runId.text, details: {} },
    })),
    asides: rows(0.6, () => drawAside(universe, runId().text)),
  };
}

const EVENTS = [
  { type: 'stop', body: { status: 'cancelled', grace: true, running: [] } },
  { type: 'pause', body: { actor: 'ada' } },
  { type: 'resume', body: { actor: 'ada' } },
  { type: 'signal', body: { name: 'go', payload: { a: [1, null, 'ü'] } } },
  { type: 'waiting', body: { node: 0, attempt: 1, wait: { kind: 'signal', name: 'go' } } },
  { type: 'late', body: { node: 0, attempt: 1, status: 'completed' } },
  { type: 'refused', body: { message: 'pause', actor: 'ada', reason: 'no' } },
] as const;

/** In the row, or apart. */
function outputIn({
  dice,
  blobs,
}: Universe): Pick<Batch['attempts'][number], 'output' | 'outputRef'> {
  return blobs.length > 0 && dice.chance(0.3)
    ? { outputRef: dice.pick(blobs) }
    : { output: '{"a":1}' };
}

function submit({ dice, plan, now, runs }: Universe): Batch['submits'][number] {
  const owned = dice.chance(0.5);
  const createdAt = now - 60_000 + runs.length;
  const scheduledAt = dice.chance(0.2) ? now + DAY_MS + runs.length : undefined;
  const key = dice.chance(0.4) ? `k${dice.int(0, 5)}` : undefined;
  return {
    runId: newRunId(dice, now),
    ...{ createdAt, owned, status: owned ? 'running' : 'queued' },
    submission: {
      plan,
      input: { params: { n: 1 }, maxConcurrentNodes: 3, failFast: false, timeoutMs: 60_000 },
      ...{ owner: dice.pick(['ada', 'bob']), triggeredBy: 't', name: 'n', jobType: 'dag' },
      ...{ kind: 'job', priority: 1 },
      ...(scheduledAt !== undefined && { scheduledAt }),
      ...(key !== undefined && { idempotency: { key, requestHash: new Uint8Array(32) } }),
    },
  };
}

function update({ dice, tables, now }: Universe, id: string): RunUpdate {
  const runId = runIdOf(id);
  const seen = tables.live.get(id)?.inboxSeq ?? 0;
  const inboxSeq = dice.chance(0.2) ? seen + 1 : seen;
  const progress = `{"idle_ms":${dice.int(0, 9)}}`;
  const status = dice.pick(['completed', 'failed', 'timeout', 'cancelled'] as const);
  const samples = dice.chance(0.3) ? { samples: [sampleOf(dice)] } : {};
  const completedAt = now;
  const wakeAt = dice.pick([now - 1_000, now + DAY_MS]) + dice.int(0, 900);
  return dice.pick([
    { kind: 'finish', runId, inboxSeq, status, completedAt, progress, ...samples },
    {
      kind: 'release',
      runId,
      inboxSeq,
      status: dice.pick(['running', 'paused']),
      wakeAt,
      progress,
    },
    { kind: 'progress', runId, status: 'running', progress },
  ]);
}

function sampleOf(dice: Dice) {
  return {
    ...{ policyId: dice.pick(POLICIES), version: dice.int(1, 2), nodes: 1 },
    ...{ completed: 1, attempts: dice.int(1, 4), retried: 0, recovered: 0 },
  };
}

const POLICIES = ['0190c0de-0000-7000-8000-000000000001', '0190c0de-0000-7000-8000-000000000002'];

/** 22 bytes: run id, node, attempt. */
function start(runId: string, node: number, attempt: number): Buffer {
  const packed = Buffer.alloc(22);
  packed.set(runIdOf(runId).bytes, 0);
  packed.writeUInt32BE(node, 16);
  packed.writeUInt16BE(attempt, 20);
  return packed;
}
