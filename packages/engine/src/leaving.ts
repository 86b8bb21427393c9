/** What is written about a run's row: its end, its release, its progress. */
import { failpoint } from './failpoint.ts';
import type { Owned } from './owned.ts';
import { samplesOf } from './policy-samples.ts';
import type { Clock } from './ports/clock.ts';
import type { RunUpdate } from './ports/store.ts';
import { finishProgress, progressText } from './progress.ts';
import { tallyOf } from './run-tally.ts';

/** Ends a run whose row is stored; one that is not yet is ended once it is. */
export function finishRun(owned: Owned): void {
  if (!owned.stored || owned.leaving) return;
  failpoint('before-finish');
  owned.leaving = true;
  const { startedAt } = owned;
  const completedAt = Math.max(owned.run.now, startedAt);
  update(owned, {
    kind: 'finish',
    runId: owned.id,
    inboxSeq: owned.inboxSeq,
    status: owned.run.status,
    completedAt,
    tally: tallyOf(owned.run, { startedAt, completedAt }),
    progress: finishProgress(owned),
    targets: targetsOf(owned),
    ...samplesOf(owned.run),
  });
}

/** Whom the run wants told of its end, as JSON text. */
function targetsOf({ run }: Owned): string | undefined {
  const { notify } = run.input;
  if (notify === undefined) return undefined;
  const targets = run.status === 'completed' ? notify.success : notify.failure;
  if (run.status === 'cancelled' || targets === undefined) return undefined;
  return targets.length === 0 ? undefined : JSON.stringify(targets);
}

/** Gives a run up, to be claimed by any engine from `wakeAt` on. */
export function releaseRun(owned: Owned, wakeAt: number): void {
  failpoint('before-park');
  owned.leaving = true;
  update(owned, {
    kind: 'release',
    runId: owned.id,
    inboxSeq: owned.inboxSeq,
    status: owned.run.status,
    wakeAt,
    progress: progressText(owned),
  });
}

/** Ends a run that is over, and gives one that is not to whoever claims it. */
export function giveUp(owned: Owned, clock: Clock): void {
  if (!owned.stored || owned.leaving || owned.dropped) return;
  if (owned.run.phase === 'over') finishRun(owned);
  else releaseRun(owned, clock.wall());
}

/** Lets others see how far a run is, if anything has happened since the last time. */
export function noteProgress(owned: Owned, clock: Clock): void {
  if (!owned.stored || owned.leaving || owned.dropped) return;
  owned.progressAt = clock.mono();
  if (owned.seq === owned.progressSeq) return;
  owned.progressSeq = owned.seq;
  const { status } = owned.run;
  update(owned, { kind: 'progress', runId: owned.id, status, progress: progressText(owned) });
}

function update(owned: Owned, row: RunUpdate): void {
  owned.journal.append({ kind: 'update', run: owned, row });
}
