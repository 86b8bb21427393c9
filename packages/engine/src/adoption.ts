/** How runs come into memory that were not submitted here, and how memory is kept honest. */
import { restoreIdle } from './idle.ts';
import type { Lanes } from './lanes.ts';
import { takeItem } from './messages.ts';
import { createOwned, type Owned } from './owned.ts';
import type { InboxItem } from './ports/inbox.ts';
import type { OwnedRun } from './ports/store.ts';
import type { InFlight } from './record.ts';
import { type RestoredRun, restoreRun } from './run/index.ts';
import { runStored } from './run-driver.ts';
import { runIdOf } from './run-id.ts';
import { resumeRun } from './run-resume.ts';
import { drop, forgetStrays, type Table } from './table.ts';
import { endPastDeadline } from './tending.ts';

/**
 * Brings runs that this engine owns into memory; those it has are left alone. One call after the
 * other: what one has read must not be brought in after another one's run has come and gone.
 */
export function adopt(table: Table, runIds: readonly string[]): Promise<void> {
  const adopted = table.adopting.then(() => bringIn(table, runIds));
  table.adopting = adopted.catch(() => undefined);
  return adopted;
}

async function bringIn(table: Table, runIds: readonly string[]): Promise<void> {
  const { lanes } = table;
  const absent = runIds.filter((runId) => {
    const owned = table.runs.get(runId);
    if (owned?.leaving === true) owned.claimedAgain = true;
    return owned === undefined;
  });
  if (absent.length === 0 || lanes === undefined) return;
  for (const found of await table.store.readOwned(table.engineId, absent)) {
    const { runId } = found.journal;
    try {
      const plan = await table.plans.get(found.planHash);
      // A takeover in between makes what was read worthless.
      if (table.lanes !== lanes) return;
      const strays = table.strays.get(runId) ?? [];
      const { started } = found.journal;
      const journal = { ...found.journal, started: [...started, ...strays] };
      const owned = takeIn(
        table,
        { ...found, journal },
        { ...restoreRun(plan, journal), strays },
        lanes,
      );
      if (!owned.dropped) forgetStrays(table, runId);
    } catch (error) {
      table.log.error({ run_id: runId, error: String(error) }, 'a run cannot be loaded');
    }
  }
}

interface Restored extends RestoredRun {
  readonly strays: readonly InFlight[];
}

function takeIn(
  table: Table,
  found: OwnedRun,
  { run, seq, strays }: Restored,
  lanes: Lanes,
): Owned {
  const owned = createOwned({
    id: runIdOf(run.id),
    run,
    journal: lanes.pick(),
    startedAt: found.journal.startedAt ?? table.clock.wall(),
    seq: Math.max(seq, found.lastSeq),
    // What is in its inbox is not seen before it is taken.
    inboxSeq: found.inbox[0] === undefined ? found.inboxSeq : found.inbox[0].seq - 1,
    stored: true,
    idleMs: found.idleMs,
    status: found.status,
  });
  owned.arrivedAt = table.clock.mono();
  table.runs.set(run.id, owned);
  restoreIdle(owned);
  resumeRun(table.driver, owned, { started: found.journal.started, strays });
  for (const item of found.inbox) {
    // One that ends or is given back at once is loaded again, because of what it has not seen.
    if (owned.leaving) break;
    takeItem(table.driver, owned, item);
  }
  endPastDeadline(table.driver, owned);
  runStored(table.driver, owned);
  return owned;
}

/** Reads what has reached the engine's runs from outside. */
export async function readInbox(table: Table): Promise<void> {
  for (const item of await table.store.inbox(table.engineId)) hear(table, item);
}

function hear(table: Table, item: InboxItem): void {
  const owned = table.runs.get(item.runId);
  if (owned === undefined || owned.leaving || item.seq <= owned.inboxSeq) return;
  takeItem(table.driver, owned, item);
}

/** What the store says is ours and memory does not know, and the other way round. */
export async function reconcile(table: Table): Promise<void> {
  const before = [...table.runs.values()].filter((owned) => owned.stored && !owned.leaving);
  const stored = new Set(await table.store.ownedRunIds(table.engineId));
  for (const owned of before) {
    if (!stored.has(owned.id.text) && !owned.leaving && !owned.dropped) drop(table, owned);
  }
  await adopt(table, [...stored]);
}
