/** Sets runs going that came into memory, with what is known of their attempts. */
import type { DriverPorts } from './driver-ports.ts';
import { lostAttempt } from './outcomes.ts';
import type { Owned } from './owned.ts';
import type { Aside } from './ports/store.ts';
import type { InFlight } from './record.ts';
import { lostRows } from './recovery-asides.ts';
import { ambiguous } from './recovery-steps.ts';
import { attemptOf, runningAttempts, type StartedAttempt, statusOf } from './run/index.ts';
import { handle, setTimer } from './run-driver.ts';

/** What was going on of a run before it came into memory. */
export interface InFlightBefore {
  readonly started: readonly StartedAttempt[];
  /** Those of them that went on in this process, before the run was dropped to be loaded again. */
  readonly strays?: readonly InFlight[];
}

/**
 * Sets a run going that came into memory. Attempts that were going on are lost: those that were
 * started, and those that only a stop names, because whoever was about to make them went down.
 */
export function resumeRun(
  ports: DriverPorts,
  owned: Owned,
  { started, strays = [] }: InFlightBefore,
): void {
  const { run } = owned;
  for (const [node, wait] of run.waits) {
    if (wait.kind === 'run') ports.watch(owned, node, wait.runId);
    else if ('until' in wait && wait.until !== undefined) {
      setTimer(ports, owned, node, wait.until);
    }
  }
  const since = new Map(started.map((one) => [`${one.node}/${one.attempt}`, one.startedAt]));
  let told = false;
  for (const { node, attempt } of runningAttempts(run)) {
    if (statusOf(run, node) !== 'running' || attemptOf(run, node) !== attempt) continue;
    const startedAt = since.get(`${node}/${attempt}`) ?? ports.clock.wall();
    const stray = strays.find((one) => one.node === node && one.attempt === attempt);
    const known = stray ?? { node, attempt, startedAt, promoted: true, settled: false };
    const call: InFlight = Object.assign(known, { startedAt, ended: true });
    const moment = { at: ports.clock.wall(), random: ports.random.next() };
    const lost = ambiguous(ports, run, lostAttempt(run, call, moment));
    const asides = told ? [] : lostSession(ports, owned, moment.at);
    told = true;
    handle(ports, owned, lost, { call, asides });
  }
}

/** That attempts were lost with their engine, and are made again here, is a recovery too. */
function lostSession(ports: DriverPorts, owned: Owned, at: number): Aside[] {
  const step = {
    action: 'requeue_job',
    session: ports.newId(),
    trigger: 'lost',
    actor: 'engine',
    classification: 'infrastructure',
    reason: 'The engine of this run died.',
    with: {},
  } as const;
  return lostRows(owned, { step, before: owned.run.status }, { at, newId: ports.newId });
}
