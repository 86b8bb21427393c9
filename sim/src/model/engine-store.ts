import { type CircuitVerbs, type EngineStore, StoreFault } from '@tenuto/engine';
import { claimProbe, readCircuits, saveCircuit } from './circuits.ts';
import { claim } from './claim.ts';
import { beat, peers, register, retire } from './fences.ts';
import { expireInterventions, requestCancels } from './inbox.ts';
import { createLane } from './lane.ts';
import type { Link, Steps } from './link.ts';
import { maintain } from './maintenance.ts';
import { inboxOfEngine, outcomes, ownedRows, ownedRun, ownedRunIds } from './reads.ts';
import { type Ask, at, type ModelOptions } from './store-call.ts';
import type { Tables } from './tables.ts';
import { takeOverSteps, takeStanding } from './takeover.ts';
import { onBoth, type RealStores, type Twin } from './twin.ts';

/** How the verbs ask: the model, or the model and PostgreSQL. */
interface Verbs {
  readonly tables: Tables;
  readonly link: Link;
  readonly options: ModelOptions;
  both<T>(verb: string, model: (real?: T) => T, ask: Ask<T>): () => T | Promise<T>;
  ask<T>(verb: string, model: () => T, real: Ask<T>): Promise<T>;
}

/** The engine's store, in memory, with the meaning of the SQL. */
export function createModelStore(tables: Tables, link: Link, options: ModelOptions): EngineStore {
  const both: Verbs['both'] = (verb, model, ask) =>
    onBoth(options.twin, verb, model, ({ engine }) => ask(engine));
  const ask: Verbs['ask'] = (verb, model, real) => link.call({ verb }, both(verb, model, real));
  const verbs: Verbs = { tables, link, options, both, ask };
  return {
    ...fenceVerbs(verbs),
    ...takeoverVerbs(verbs),
    ...readVerbs(verbs),
    ...newsVerbs(verbs),
    ...circuitVerbs(verbs),
    ...blobVerbs(verbs),
  };
}

function fenceVerbs({
  tables,
  link,
  options,
  both,
  ask,
}: Verbs): Pick<EngineStore, 'register' | 'openLane' | 'beat' | 'peers' | 'retire'> {
  const { rules } = options;
  const changing = <T>(verb: string, fence: string, statement: () => T, real: Ask<T>) =>
    link.transaction({ verb, fence }, () => inOneStep(both(verb, statement, real)));
  return {
    register: (identity) =>
      changing(
        'register',
        identity.engineId,
        () => {
          takeStanding(tables, { engineId: identity.engineId, rules, now: options.now });
          return { epoch: register(tables, identity, rules) };
        },
        (real) => real.register(identity),
      ),
    async openLane(key) {
      await link.call({ verb: 'openLane' }, () => undefined);
      return createLane(tables, link, { key, options });
    },
    beat: (engineId, epoch) =>
      link.call(
        { verb: 'beat', fence: engineId },
        both(
          'beat',
          () => beat(tables, engineId, epoch),
          (real) => real.beat(engineId, epoch),
        ),
      ),
    peers: (engineId) =>
      ask(
        'peers',
        () => peers(tables, engineId),
        async (real) => [...(await real.peers(engineId))],
      ),
    retire: (engineId, epoch) =>
      changing(
        'retire',
        engineId,
        () => retire(tables, { engineId, epoch, rules }),
        (real) => real.retire(engineId, epoch),
      ),
  };
}

function takeoverVerbs({
  tables,
  link,
  options,
  both,
}: Verbs): Pick<EngineStore, 'takeOver' | 'claim'> {
  const { rules, now, twin } = options;
  return {
    async takeOver(engineId, seenBeat) {
      at('before-takeover');
      const steps = () => takeOverSteps(tables, { engineId, seenBeat, rules, now });
      const released = await link.transaction(
        { verb: 'takeOver', fence: engineId, ...(seenBeat !== undefined && { seenBeat }) },
        twin === undefined
          ? steps
          : () => stepsOfBoth(steps, twin, ({ engine }) => engine.takeOver(engineId, seenBeat)),
      );
      if (released !== undefined) at('takeover-committed');
      return released;
    },
    claim: (by) =>
      link.call(
        { verb: 'claim', fence: by.engineId, epoch: by.epoch },
        both(
          'claim',
          (chosen) => claim(tables, by, { now: now(), rules, chosen }),
          async (real) => [...(await real.claim(by))],
        ),
      ),
  };
}

function* inOneStep<T>(statement: () => T | Promise<T>): Generator<undefined, T | Promise<T>> {
  yield;
  return statement();
}

/** The model's transaction, at the end of which PostgreSQL is asked for the same in one go. */
function* stepsOfBoth<T>(
  steps: Steps<T>,
  twin: Twin,
  ask: (real: RealStores) => Promise<T>,
): ReturnType<Steps<T>> {
  const running = steps();
  for (;;) {
    const { done, value } = running.next();
    if (done !== true) yield value;
    else if (value instanceof Promise) return value;
    else return twin.alike('takeOver', () => value, ask);
  }
}

function readVerbs({
  tables,
  link,
  options,
  ask,
}: Verbs): Pick<EngineStore, 'readOwned' | 'ownedRunIds' | 'inbox' | 'outcomes'> {
  const { rules, twin } = options;
  return {
    async readOwned(engineId, runIds) {
      const rows = () => ownedRows(tables, engineId, runIds);
      if (twin !== undefined) {
        return ask(
          'readOwned',
          () => rows().map((row) => ownedRun(tables, row, rules)),
          async (real) => [...(await real.readOwned(engineId, runIds))],
        );
      }
      // Two statements: what the second finds may be newer than what the first has found.
      const found = await link.call({ verb: 'readOwned' }, rows);
      return link.call({ verb: 'readJournals' }, () =>
        found.map((row) => ownedRun(tables, row, rules)),
      );
    },
    ownedRunIds: (engineId) =>
      ask(
        'ownedRunIds',
        () => ownedRunIds(tables, engineId),
        async (real) => [...(await real.ownedRunIds(engineId))],
      ),
    inbox: (engineId) =>
      ask(
        'inbox',
        () => inboxOfEngine(tables, engineId),
        async (real) => [...(await real.inbox(engineId))],
      ),
    outcomes: (runIds) =>
      ask(
        'outcomes',
        () => outcomes(tables, runIds),
        async (real) => [...(await real.outcomes(runIds))],
      ),
  };
}

/** What reaches runs from outside, and what passes with time. */
function newsVerbs({
  tables,
  options,
  ask,
}: Verbs): Pick<
  EngineStore,
  'requestCancel' | 'expireInterventions' | 'maintain' | 'databaseTime'
> {
  const { now } = options;
  return {
    requestCancel: (runIds, reason) =>
      ask(
        'requestCancel',
        () => {
          const body = { mode: 'graceful', actor: 'system', reason } as const;
          requestCancels(tables, runIds, { body, now: now() });
        },
        (real) => real.requestCancel(runIds, reason),
      ),
    expireInterventions: () =>
      ask(
        'expireInterventions',
        () => expireInterventions(tables, now()),
        (real) => real.expireInterventions(),
      ),
    maintain: () =>
      ask(
        'maintain',
        () => maintain(tables, now()),
        (real) => real.maintain(),
      ),
    databaseTime: () => ask('databaseTime', now, (real) => real.databaseTime()),
  };
}

function circuitVerbs({ tables, options, ask }: Verbs): CircuitVerbs {
  const { now, rules } = options;
  return {
    circuits: (keys) =>
      ask(
        'circuits',
        () => readCircuits(tables, keys),
        async (real) => [...(await real.circuits(keys))],
      ),
    saveCircuit: (change) =>
      ask(
        'saveCircuit',
        () => saveCircuit(tables, change),
        (real) => real.saveCircuit(change),
      ),
    claimProbe: (wanted) =>
      ask(
        'claimProbe',
        () => claimProbe(tables, wanted, { now: now(), rules }),
        (real) => real.claimProbe(wanted),
      ),
  };
}

function blobVerbs({
  tables,
  options,
  ask,
}: Verbs): Pick<
  EngineStore,
  'plan' | 'putPlan' | 'putBlobs' | 'putArtifacts' | 'putLogs' | 'putTestResults'
> {
  const { rules } = options;
  return {
    plan: (hash) =>
      ask(
        'plan',
        () => {
          const document = tables.plans.get(hash);
          if (document === undefined) {
            throw new StoreFault('unavailable', `there is no plan ${hash}`);
          }
          return document;
        },
        (real) => real.plan(hash),
      ),
    putPlan: (hash, document, nodeCount) =>
      ask(
        'putPlan',
        () => void tables.plans.set(hash, document),
        (real) => real.putPlan(hash, document, nodeCount),
      ),
    putBlobs: (blobs) =>
      ask(
        'putBlobs',
        () => {
          for (const { hash, bytes } of rules.blobsAreKept ? blobs : []) {
            tables.blobs.set(Buffer.from(hash).toString('hex'), Buffer.from(bytes).toString());
          }
        },
        (real) => real.putBlobs(blobs),
      ),
    putArtifacts: (rows) =>
      ask(
        'putArtifacts',
        () => undefined,
        (real) => real.putArtifacts(rows),
      ),
    putLogs: (rows) =>
      ask(
        'putLogs',
        () => undefined,
        (real) => real.putLogs(rows),
      ),
    putTestResults: (results) =>
      ask(
        'putTestResults',
        () => undefined,
        (real) => real.putTestResults(results),
      ),
  };
}
