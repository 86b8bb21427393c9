/**
 * What follows from approvals beside votes: deadlines that pass decide, and questions about runs
 * that were given up are closed. Any server may do it; the rows say who was first.
 */
import type { EngineLog } from '../engine-log.ts';
import type { ApprovalStore } from '../ports/approval-store.ts';
import type { Clock } from '../ports/clock.ts';
import { createLoop, type Loop } from './loop.ts';

const DEADLINES_EVERY_MS = 1_000;
const STRAYS_EVERY_MS = 15_000;

interface ApprovalChoresOptions {
  readonly store: Pick<ApprovalStore, 'expire' | 'closeStrays'>;
  readonly clock: Clock;
  readonly log: EngineLog;
  /** A run's inbox has something new. */
  told(runId: string): void;
}

export function createApprovalChores({
  store,
  clock,
  log,
  told,
}: ApprovalChoresOptions): Pick<Loop, 'start' | 'stop'> {
  const onError = (name: string, error: unknown) =>
    log.warn({ loop: name, error: String(error) }, 'a round failed; it comes again');
  const deadlines = createLoop({
    ...{ name: 'approval deadlines', clock, everyMs: DEADLINES_EVERY_MS, onError },
    async runOnce() {
      for (const runId of await store.expire()) told(runId);
      return undefined;
    },
  });
  const strays = createLoop({
    ...{ name: 'approval strays', clock, everyMs: STRAYS_EVERY_MS, onError },
    async runOnce() {
      return (await store.closeStrays()) > 0 ? 0 : undefined;
    },
  });
  return {
    start() {
      deadlines.start();
      strays.start();
    },
    async stop() {
      await Promise.all([deadlines.stop(), strays.stop()]);
    },
  };
}
