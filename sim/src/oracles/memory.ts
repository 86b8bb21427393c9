import { type Engine, viewRun } from '@tenuto/engine';
import { journalOf } from '../model/reads.ts';
import { SOUND } from '../model/rules.ts';
import { type History, planOf, violated } from './history.ts';

/** States between a node's release and its end: which of them is no matter of the journal. */
const UNDER_WAY = new Set(['ready', 'running', 'waiting']);

/** When all that an engine wrote is committed, its memory equals a replay of the journal. */
export function checkMemory(history: History, engine: Engine): void {
  if (engine.health().journalBacklogRows > 0) return;
  const { tables } = history;
  for (const row of tables.live.values()) {
    const memory = row.engine === engine.id ? engine.live(row.runId) : undefined;
    const plan = planOf(history, row.runId);
    if (memory === undefined || plan === undefined) continue;
    const replayed = viewRun(plan, journalOf(tables, row, SOUND));
    const states = (run: typeof memory) =>
      Array.from({ length: run.nodeCount() }, (_, i) => {
        const { id, status } = run.node(i);
        return `${id}=${UNDER_WAY.has(status) ? 'under way' : status}`;
      }).join(' ');
    const [here, there] = [states(memory), states(replayed)];
    // What is shown is what the row says, and that is written now and then.
    const shown = memory.status === replayed.status || memory.status === row.status;
    if (here === there && shown) continue;
    violated(
      history,
      'memory equals replay',
      `${row.runId} in ${engine.id}: ${memory.status} ${here}; replayed ${replayed.status} ${there}`,
    );
  }
}
