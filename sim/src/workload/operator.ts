/**
 * Somebody who sees to it that nothing waits for people once faults are over: resumes what is paused,
 * decides what is asked, and sends each signal that is awaited, once.
 */
import { RESOLUTIONS } from '@tenuto/contract';
import { attemptOf, restoreRun } from '@tenuto/engine';
import { ACTOR } from '../model/inbox.ts';
import { journalOf } from '../model/reads.ts';
import { SOUND } from '../model/rules.ts';
import type { LiveRow } from '../model/tables.ts';
import { planOf } from '../oracles/history.ts';
import { pause, type Speaker } from './messages.ts';

const EVERY_MS = 700;

/** Begins when `isHealed` says so. */
export function startOperator(speaker: Speaker, isHealed: () => boolean): void {
  const { world, history } = speaker;
  /** Waits for signals that were answered. */
  const answered = new Set<string>();
  const round = async () => {
    for (const row of isHealed() ? [...history.tables.live.values()] : []) {
      await look(speaker, row, answered).catch(() => undefined);
    }
    world.after(EVERY_MS, () => void round());
  };
  world.after(EVERY_MS, () => void round());
}

async function look(speaker: Speaker, row: LiveRow, answered: Set<string>): Promise<void> {
  const { api, dice, history } = speaker;
  const { runId } = row;
  const unread = [...(history.tables.rows.get(runId)?.inbox.values() ?? [])];
  if (row.status === 'paused' && !unread.some(({ type }) => type === 'resume')) {
    await pause(speaker, runId, false);
  }
  for (const { id, state, runId: of } of history.tables.interventions.values()) {
    if (of !== runId || (state !== 'open' && state !== 'assigned')) continue;
    await api.decide(id, dice.pick(RESOLUTIONS));
  }
  for (const { key, name } of awaited(speaker, row)) {
    if (answered.has(key)) continue;
    answered.add(key);
    const body = { actor: ACTOR, name, payload: key };
    // It is sent once: that it is not lost is for the engines to see to.
    const sent = await api.tell({ runId, type: 'signal', body }).catch(() => undefined);
    if (sent === undefined) answered.delete(key);
  }
  speaker.poke(runId);
}

/** The signals that nodes of a run wait for: also one that gives up some time may take another's. */
function awaited(
  { history }: Speaker,
  row: LiveRow,
): { readonly key: string; readonly name: string }[] {
  const plan = planOf(history, row.runId);
  if (plan === undefined) return [];
  const { run } = restoreRun(plan, journalOf(history.tables, row, SOUND));
  return [...run.waits].flatMap(([node, wait]) => {
    if (wait.kind !== 'signal') return [];
    return [{ key: `${row.runId}/${node}/${attemptOf(run, node)}`, name: wait.name }];
  });
}
