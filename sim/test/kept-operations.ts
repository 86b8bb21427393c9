/** What is kept beside the journal: plans, outputs that are large, artifacts, logs, tests. */
import { createHash } from 'node:crypto';
import { runIdOf, StoreFault } from '@tenuto/engine';
import { newRunId, type Operation, of, type Universe } from './operation.ts';

export function drawKept(universe: Universe): Operation {
  const { dice, plan, runs, now, blobs } = universe;
  const hash = dice.chance(0.8) ? plan.hash : 'f'.repeat(64);
  const bytes = Buffer.from(JSON.stringify({ large: dice.int(0, 9) }));
  const blob = { hash: createHash('sha256').update(bytes).digest(), bytes };
  const runId = runs.length > 0 ? runIdOf(dice.pick(runs)) : newRunId(dice, now);
  const of1 = { runId, node: 0, attempt: dice.int(1, 3) };
  const named = {
    nodeId: 'a',
    name: 'a',
    path: 'nodes/a/a',
    type: 'other',
    mediaType: 'text/plain',
  } as const;
  const artifact = { ...of1, ...named, ...blob };
  const line = { ...of1, seq: dice.int(1, 99), at: now, stream: 'stdout', text: 'x' };
  return dice.pick<Operation>([
    of('plan', async ({ store }) => {
      try {
        return await store.plan(hash);
      } catch (error) {
        return { fault: error instanceof StoreFault ? error.kind : String(error) };
      }
    }),
    of('putPlan', ({ store }) => store.putPlan(plan.hash, plan.document, plan.nodeCount)),
    of('putBlobs', async ({ store }) => {
      await store.putBlobs([blob]);
      blobs.push(blob.hash);
    }),
    of('putArtifacts', ({ store }) => store.putArtifacts([artifact])),
    of('putLogs', ({ store }) => store.putLogs([line])),
    of('maintain', ({ store }) => store.maintain()),
    of(
      'databaseTime',
      async ({ store }) => Math.abs((await store.databaseTime()) - Date.now()) < 60_000,
    ),
  ]);
}
