/** What people ask of runs, and what deadlines do. */
import { RESOLUTIONS } from '@tenuto/contract';
import { ACTOR } from '../src/model/inbox.ts';
import { uuid } from '../src/workload/uuid.ts';
import { type Operation, of, type Universe } from './operation.ts';

/** Draws a message to one of the runs, a decision, or a look. */
export function drawNews(universe: Universe): Operation {
  const { dice, runs, tables } = universe;
  const ended = [...tables.done.keys()];
  const stored = dice.chance(0.4) && ended.length > 0 ? ended : [...tables.live.keys()];
  // One that was not stored, now and then, or that nobody has heard of.
  const runId = dice.pick(stored.length > 0 && dice.chance(0.9) ? stored : [...runs, uuid(dice)]);
  const node = dice.int(0, 2);
  const session = uuid(dice);
  const asked = [...tables.interventions.keys(), uuid(dice)];
  const decided = { id: dice.pick(asked), resolution: dice.pick(RESOLUTIONS) };
  const said = { actor: ACTOR } as const;
  const held = dice.chance(0.6);
  const mode = dice.pick(['graceful', 'immediate'] as const);
  const key = `k${dice.int(0, 5)}`;
  const owner = dice.pick(['ada', 'bob']);
  const retry = { runId, type: 'retry', body: { ...said, session, from: 'failed' } } as const;
  const again = { ...said, session, action: 'requeue_job', with: {} } as const;
  const recover = { runId, type: 'recover', body: again } as const;
  return dice.pick<Operation>([
    of('cancel', ({ api }) => api.cancel({ runId, type: 'cancel', body: { ...said, mode } })),
    of('pause', ({ api }) => api.tell({ runId, type: 'pause', body: said })),
    of('resume', ({ api }) => api.tell({ runId, type: 'resume', body: said })),
    of('signal', ({ api }) =>
      api.tell({ runId, type: 'signal', body: { ...said, name: 'go', payload: { n: node } } }),
    ),
    of('cancelRetry', ({ api }) =>
      api.tell({ runId, type: 'cancel_retry', body: { ...said, node } }),
    ),
    of('recover', ({ api }) => api.tell(recover)),
    of('hold', ({ api }) => api.hold({ runId, held })),
    of('reopen to retry', ({ api }) => api.reopen({ ...retry, status: 'retrying' })),
    of('reopen to recover', ({ api }) => api.reopen({ ...recover, status: 'recovering' })),
    of('decide', ({ api }) => api.decide(decided.id, decided.resolution)),
    of('expireInterventions', ({ store }) => store.expireInterventions()),
    of('heard', ({ api }) => api.heard(runId)),
    of('find', ({ api }) => api.findRun(owner, key)),
  ]);
}
