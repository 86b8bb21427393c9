import { type Lane, type OwnedRun, StoreFault } from '@tenuto/engine';
import { createEngineStore, openApiStore } from '@tenuto/store';
import type { LaneKey } from '../model/flush.ts';
import type { Tables } from '../model/tables.ts';
import type { RealStores, Twin } from '../model/twin.ts';
import { difference, inOneOrder } from './alike.ts';
import { contentsOf, readContents } from './contents.ts';
import type { TwinDatabase } from './database.ts';

export interface OpenTwin extends Twin {
  /** Compares what is left in the tables, and drops the database. */
  end(tables: Tables): Promise<void>;
}

export interface TwinPorts {
  readonly database: TwinDatabase;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Told of each difference between the model and PostgreSQL. */
  differs(what: string): void;
}

/** What is asked without a look at the clock. */
const TIMELESS: ReadonlySet<string> = new Set([
  ...['peers', 'beat', 'readOwned', 'ownedRunIds', 'inbox', 'outcomes', 'plan', 'heard'],
]);
/** Answers that are sets. */
const IN_ANY_ORDER: ReadonlySet<string> = new Set([
  ...['peers', 'ownedRunIds', 'outcomes', 'claim'],
]);

/** PostgreSQL beside the model: it is asked first, and answers the engines. */
export function createTwin({ database, now, differs }: TwinPorts): OpenTwin {
  const engine = createEngineStore(database.connection);
  const { jobs, recoveries, close } = openApiStore(database.connection);
  const lanes = new Map<string, Promise<Lane>>();
  const real: RealStores = {
    ...{ engine, jobs, recoveries },
    lane(key) {
      const name = nameOf(key);
      const known = lanes.get(name) ?? engine.openLane(key);
      lanes.set(name, known);
      return known;
    },
  };
  return {
    async alike(verb, model, ask) {
      if (!TIMELESS.has(verb)) await database.setTime(now());
      const answer = await outcomeOf(() => ask(real));
      const expected = await outcomeOf(async () =>
        model('value' in answer ? answer.value : undefined),
      );
      const found = difference(plain(verb, expected), plain(verb, answer));
      if (found !== undefined) differs(`${verb}: ${found}`);
      if ('value' in answer) return answer.value;
      throw 'fault' in expected ? expected.fault : answer.fault;
    },
    async end(tables) {
      for (const lane of lanes.values()) await (await lane).close();
      await engine.close();
      await close();
      const found = difference(contentsOf(tables), await readContents(database.session));
      if (found !== undefined) differs(`at the end, ${found}`);
      await database.drop();
    },
  };
}

const nameOf = ({ engineId, lane, epoch }: LaneKey) => `${engineId}/${lane}/${epoch}`;

type Outcome<T> = { readonly value: T } | { readonly fault: unknown };

async function outcomeOf<T>(ask: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await ask() };
  } catch (fault) {
    return { fault };
  }
}

/** An answer without what differs by nature: of a refusal only its kind is compared. */
function plain(verb: string, outcome: Outcome<unknown>): unknown {
  if ('fault' in outcome) {
    const { fault } = outcome;
    return fault instanceof StoreFault ? { kind: fault.kind } : { thrown: String(fault) };
  }
  const { value } = outcome;
  if (verb === 'flush') return plainFlush(value);
  if (verb === 'readOwned') return plainRuns(value);
  return Array.isArray(value) && IN_ANY_ORDER.has(verb) ? inOneOrder(value) : value;
}

function plainFlush(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const sorted = Object.entries(value).map(([name, part]: [string, unknown]) => [
    name,
    Array.isArray(part) ? inOneOrder(part) : part,
  ]);
  return Object.fromEntries(sorted);
}

/** Of a submission, what engines read of it. */
function plainRuns(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return inOneOrder(value.filter(isOwnedRun)).map(({ submission, journal, ...run }) => {
    const { input, owner, triggeredBy, name, jobType, kind, priority, parentRun } = submission;
    return {
      ...run,
      submission: { input, owner, triggeredBy, name, jobType, kind, priority, parentRun },
      journal: { ...journal, started: inOneOrder(journal.started) },
    };
  });
}

function isOwnedRun(item: unknown): item is OwnedRun {
  return typeof item === 'object' && item !== null && 'journal' in item;
}
