/** Bugs in how an engine goes on with runs that it has not begun. */
import type { JournalEntry, OwnedRun } from '@tenuto/engine';
import type { EngineBug } from './bug.ts';

/** A bug of what is read of a run that comes into memory. */
function ofRuns(change: (run: OwnedRun) => OwnedRun): EngineBug {
  return {
    store: (store) => ({
      ...store,
      readOwned: async (engineId, runIds) => (await store.readOwned(engineId, runIds)).map(change),
    }),
  };
}

function withEntries(run: OwnedRun, entries: readonly JournalEntry[]): OwnedRun {
  return { ...run, journal: { ...run.journal, entries } };
}

/** The last line of a run's journal is not there yet: it is read from a replica. */
const readsReplica = ofRuns((run) => ({
  ...withEntries(run, run.journal.entries.slice(0, -1)),
  lastSeq: run.journal.entries.at(-2)?.seq ?? 0,
}));

/** Attempts that were lost with their engine do not count. */
const lossesAreForgotten = ofRuns((run) => ({
  ...run,
  journal: { ...run.journal, started: [] },
}));

/** Longer than any simulation. */
const NEVER_MS = 24 * 3_600_000;

/** What waits for some time goes on without its timer. */
const timersAreForgotten = ofRuns((run) =>
  withEntries(
    run,
    run.journal.entries.map(({ seq, event }) => {
      if (event.type !== 'waiting' || event.wait.kind !== 'time') return { seq, event };
      const { until, ...wait } = event.wait;
      return { seq, event: { ...event, wait: { ...wait, until: until + NEVER_MS } } };
    }),
  ),
);

/** A rollback begins anew: what it has undone is undone again. */
const undoingIsForgotten = ofRuns((run) => {
  const { entries } = run.journal;
  const begun = entries.findLastIndex(
    ({ event }) => event.type === 'recover' && event.step.action === 'rollback_state',
  );
  if (begun < 0) return run;
  const kept = entries.filter(({ event }, i) => i <= begun || event.type !== 'ended');
  return withEntries(run, kept);
});

/** What was lost in the middle is made again, whatever its node says about that. */
const ambiguityIsForgotten: EngineBug = {
  store: (store) => ({
    ...store,
    plan: async (hash) => {
      const said = (key: string, value: unknown) => (key === 'on_ambiguous' ? undefined : value);
      return JSON.stringify(JSON.parse(await store.plan(hash), said));
    },
  }),
};

export const ADOPTION_BUGS = {
  readsReplica,
  lossesAreForgotten,
  timersAreForgotten,
  undoingIsForgotten,
  ambiguityIsForgotten,
} satisfies Readonly<Record<string, EngineBug>>;
