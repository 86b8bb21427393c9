import {
  type Batch,
  type EngineStore,
  type Failpoint,
  type FlushResult,
  failpoint,
  type Lane,
  StoreFault,
} from '@tenuto/engine';
import { claimProbe, readCircuits, saveCircuit } from './circuits.ts';
import { claim } from './claim.ts';
import { beat, peers, register, retire } from './fences.ts';
import { applyFlush, type FlushOptions, type LaneKey, resolveCopy, writeAudits } from './flush.ts';
import { maintain } from './maintenance.ts';
import {
  inboxOfEngine,
  outcomes,
  ownedRows,
  ownedRun,
  ownedRunIds,
  requestCancels,
} from './reads.ts';
import type { Rules } from './rules.ts';
import type { Tables } from './tables.ts';
import { takeOverSteps } from './takeover.ts';

/** How statements get to the database, and when; the statement itself is one moment. */
export interface Link {
  call<T>(request: Request, statement: () => T): Promise<T>;
  /** A transaction of several statements, which holds the fences of an engine. */
  transaction<T>(request: Request, steps: Steps<T>): Promise<T>;
}

/** The statements of a transaction; between two of them the client may be at a failpoint. */
export type Steps<T> = () => Generator<Failpoint | undefined, T>;

export interface Request {
  readonly verb: string;
  /** The engine whose fence the statement takes. */
  readonly fence?: string;
  /** What a flush writes, and through which lane. */
  readonly batch?: Batch;
  readonly lane?: LaneKey;
  /** The epoch under which an engine claims. */
  readonly epoch?: number;
  /** The count at which a taker saw the heartbeat stand still. */
  readonly seenBeat?: number;
  /** Answered before it is done: only ever because a rule was taken away. */
  readonly tooEarly?: FlushResult;
}

export interface ModelOptions extends Pick<FlushOptions, 'refuses'> {
  readonly rules: Rules;
  /** Database time in milliseconds since the epoch. */
  now(): number;
}

/** The engine's store, in memory, with the meaning of the SQL. */
export function createModelStore(tables: Tables, link: Link, options: ModelOptions): EngineStore {
  const { rules, now } = options;
  const ask = <T>(verb: string, statement: () => T) => link.call({ verb }, statement);
  const fenced = <T>(verb: string, fence: string, statement: () => T) =>
    link.call({ verb, fence }, statement);
  const changing = <T>(verb: string, fence: string, statement: () => T) =>
    link.transaction({ verb, fence }, () => inOneStep(statement));
  const unkept = (verb: string) => ask(verb, () => undefined);
  return {
    register: (identity) =>
      changing('register', identity.engineId, () => ({ epoch: register(tables, identity, rules) })),
    async openLane({ engineId, lane, epoch }) {
      await unkept('openLane');
      return createLane(tables, link, { key: { engineId, lane, epoch }, options });
    },
    beat: (engineId, epoch) => fenced('beat', engineId, () => beat(tables, engineId, epoch)),
    peers: (engineId) => ask('peers', () => peers(tables, engineId)),
    async takeOver(engineId, seenBeat) {
      at('before-takeover');
      const released = await link.transaction(
        { verb: 'takeOver', fence: engineId, ...(seenBeat !== undefined && { seenBeat }) },
        () => takeOverSteps(tables, { engineId, seenBeat, rules, now }),
      );
      if (released !== undefined) at('takeover-committed');
      return released;
    },
    retire: (engineId, epoch) =>
      changing('retire', engineId, () => retire(tables, { engineId, epoch, rules })),
    claim: (by) =>
      link.call({ verb: 'claim', fence: by.engineId, epoch: by.epoch }, () =>
        claim(tables, by, { now: now(), rules }),
      ),
    async readOwned(engineId, runIds) {
      const rows = await ask('readOwned', () => ownedRows(tables, engineId, runIds));
      return ask('readJournals', () => rows.map((row) => ownedRun(tables, row, rules)));
    },
    ownedRunIds: (engineId) => ask('ownedRunIds', () => ownedRunIds(tables, engineId)),
    inbox: (engineId) => ask('inbox', () => inboxOfEngine(tables, engineId)),
    outcomes: (runIds) => ask('outcomes', () => outcomes(tables, runIds)),
    circuits: (keys) => ask('circuits', () => readCircuits(tables, keys)),
    saveCircuit: (change) => ask('saveCircuit', () => saveCircuit(tables, change)),
    claimProbe: (wanted) => ask('claimProbe', () => claimProbe(tables, wanted, now())),
    expireInterventions: () => ask('expireInterventions', () => 0),
    async requestCancel(runIds, reason) {
      const body = { mode: 'graceful', actor: 'system', reason } as const;
      await ask('requestCancel', () => requestCancels(tables, runIds, { body, now: now() }));
    },
    ...blobVerbs(tables, ask, rules),
    putArtifacts: () => unkept('putArtifacts'),
    putLogs: () => unkept('putLogs'),
    putTestResults: () => unkept('putTestResults'),
    maintain: () => ask('maintain', () => maintain(tables, now())),
    databaseTime: () => ask('databaseTime', now),
  };
}

function* inOneStep<T>(statement: () => T): Generator<undefined, T> {
  yield;
  return statement();
}

/** What is thrown at a failpoint of the store is a fault of the store. */
function at(point: Failpoint): void {
  try {
    failpoint(point);
  } catch (error) {
    throw new StoreFault('unavailable', String(error));
  }
}

function blobVerbs(
  tables: Tables,
  ask: <T>(verb: string, statement: () => T) => Promise<T>,
  rules: Rules,
): Pick<EngineStore, 'plan' | 'putPlan' | 'putBlobs'> {
  return {
    plan: (hash) =>
      ask('plan', () => {
        const document = tables.plans.get(hash);
        if (document === undefined) throw new StoreFault('rejected', `there is no plan ${hash}`);
        return document;
      }),
    putPlan: (hash, document) =>
      ask('putPlan', () => {
        tables.plans.set(hash, document);
      }),
    putBlobs: (blobs) =>
      ask('putBlobs', () => {
        for (const { hash, bytes } of rules.blobsAreKept ? blobs : []) {
          tables.blobs.set(Buffer.from(hash).toString('hex'), Buffer.from(bytes).toString());
        }
      }),
  };
}

function createLane(
  tables: Tables,
  link: Link,
  { key, options }: { readonly key: LaneKey; readonly options: ModelOptions },
): Lane {
  const { rules, now } = options;
  let closed = false;
  return {
    async flush(batch) {
      if (closed) throw new StoreFault('unavailable', 'The lane is closed.');
      const early: FlushResult = { outcome: 'committed', duplicates: [], refused: [] };
      const request = {
        verb: 'flush',
        fence: key.engineId,
        batch,
        lane: key,
        ...(!rules.commitsBeforeAnswer && { tooEarly: early }),
      };
      const reply = link.call(request, () =>
        applyFlush(tables, key, batch, { ...options, now: now() }),
      );
      reply.catch(() => undefined);
      at('flush-sent');
      const result = await reply;
      if (result === 'copy') {
        return link.call({ verb: 'resend' }, () => resolveCopy(tables, batch, { ...key, rules }));
      }
      if (!rules.auditIsAtomic && result.outcome === 'committed') {
        const apart = () => writeAudits(tables, batch, result.duplicates);
        await link.call({ verb: 'audit' }, apart).catch(() => undefined);
      }
      return result;
    },
    async close() {
      closed = true;
    },
  };
}
