import { createJournal } from '../src/journal.ts';
import { createOwned, type Owned } from '../src/owned.ts';
import { compilePlan } from '../src/plan/index.ts';
import { createRun } from '../src/run/index.ts';
import { createManualClock } from './manual-clock.ts';
import { journaled } from './records.ts';
import { createScriptedLane } from './scripted-lane.ts';

const ignore = () => undefined;
const input = { params: {}, maxConcurrentNodes: 1, failFast: false, timeoutMs: 1_000 };

type NodeInput = Parameters<typeof compilePlan>[0]['nodes'][number];

/** A run of one node whose journal nobody reads. */
export function someOwned(node: NodeInput = { id: 'a', uses: 'noop' }): Owned {
  const { id } = journaled();
  const plan = compilePlan({ nodes: [node] });
  const listener = { committed: ignore, poisoned: ignore, lost: ignore, troubled: ignore };
  const journal = createJournal(createScriptedLane(), createManualClock(), listener);
  const facts = { name: 'a run', owner: 'ann', createdAt: 0 };
  const run = createRun({ id: id.text, plan, input, facts });
  return createOwned({ id, run, journal, startedAt: 0 });
}
