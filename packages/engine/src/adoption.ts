/** How runs come into memory that were not submitted here, and how memory is kept honest. */
import { createOwned } from './owned.ts';
import type { InboxItem, OwnedRun } from './ports/store.ts';
import { type RestoredRun, restoreRun } from './run/index.ts';
import { resumeRun, runStored, takeItem } from './run-driver.ts';
import { runIdOf } from './run-id.ts';
import { drop, type Table } from './table.ts';

/** Brings runs that this engine owns into memory; those it has are left alone. */
export async function adopt(table: Table, runIds: readonly string[]): Promise<void> {
  const absent = runIds.filter((runId) => !table.runs.has(runId));
  if (absent.length === 0) return;
  for (const found of await table.store.readOwned(table.engineId, absent)) {
    const plan = await table.plans.get(found.planHash);
    if (table.lanes === undefined || table.runs.has(found.journal.runId)) continue;
    takeIn(table, found, restoreRun(plan, found.journal));
  }
}

function takeIn(table: Table, found: OwnedRun, { run, seq }: RestoredRun): void {
  if (table.lanes === undefined) return;
  const owned = createOwned({
    id: runIdOf(run.id),
    run,
    journal: table.lanes.pick(),
    startedAt: found.journal.startedAt ?? table.clock.wall(),
    seq,
    inboxSeq: found.inboxSeq,
    stored: true,
    idleMs: found.idleMs,
    status: found.status,
  });
  table.runs.set(run.id, owned);
  resumeRun(table.driver, owned, found.journal.started);
  for (const item of found.inbox) takeItem(table.driver, owned, item);
  runStored(table.driver, owned);
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
