import type { OwnedRun } from '@tenuto/engine';
import { compilePlan } from '@tenuto/engine';
import { createEngineStore, type OpenEngineStore, openApiStore } from '@tenuto/store';
import { createDatabase, type TestDatabase } from '@tenuto/testkit';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDice } from '../src/dice.ts';
import { createModelApi, createRealApi } from '../src/model/api.ts';
import { directLink } from '../src/model/direct-link.ts';
import { createModelStore } from '../src/model/engine-store.ts';
import { SOUND } from '../src/model/rules.ts';
import { createTables } from '../src/model/tables.ts';
import { contentsOf, readContents } from '../src/twin/contents.ts';
import { openSession, type Universe } from './operation.ts';
import { drawOperation } from './operations.ts';

const OPERATIONS = 400;

let database: TestDatabase;
let postgres: OpenEngineStore;
let api: ReturnType<typeof openApiStore>;

beforeEach(async () => {
  database = await createDatabase();
  postgres = createEngineStore(database.connection);
  api = openApiStore(database.connection);
  await postgres.maintain();
});
afterEach(async () => {
  await postgres?.close();
  await api?.close();
  await database?.drop();
});

describe('the model store answers as PostgreSQL does', () => {
  it.each([1, 2, 3])('in a random course of operations, the %ith', async (seed) => {
    const universe = await createUniverse(seed);
    const model = createModelStore(universe.tables, directLink(), { rules: SOUND, now: Date.now });
    const modelApi = createModelApi(universe.tables, directLink(), { now: Date.now });
    const here = openSession(model, modelApi);
    const there = openSession(postgres, createRealApi(api));
    for (let i = 0; i < OPERATIONS; i += 1) {
      const operation = drawOperation(universe);
      const what = `operation ${i}: ${operation.name}`;
      // PostgreSQL first: what it calls past is past for the model too.
      const answer = plain(await operation.ask(there));
      expect(plain(await operation.ask(here)), what).toEqual(answer);
    }
    expect(contentsOf(universe.tables)).toEqual(await contentsThere());
  });
});

async function contentsThere() {
  const session = new pg.Client({ ...database.connection });
  await session.connect();
  try {
    return await readContents(session);
  } finally {
    await session.end();
  }
}

async function createUniverse(seed: number): Promise<Universe> {
  const dice = createDice(`conformance ${seed}`);
  const plan = compilePlan({ nodes: [{ id: `n${seed}`, uses: 'x' }] });
  await postgres.putPlan(plan.hash, plan.document, plan.nodeCount);
  const tables = createTables();
  tables.plans.set(plan.hash, plan.document);
  const engines = Array.from({ length: 3 }, () => {
    const hex = Buffer.from(dice.bytes(16)).toString('hex');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  });
  return {
    dice,
    plan,
    engines,
    tables,
    now: Date.now(),
    runs: [],
    blobs: [],
    sent: [],
  };
}

/** Without what differs by nature: times of the database's own, and fields that only one reads. */
function plain(answer: unknown): unknown {
  if (!Array.isArray(answer)) return answer ?? null;
  return answer.map((item: unknown) => (isOwnedRun(item) ? plainRun(item) : item));
}

function isOwnedRun(item: unknown): item is OwnedRun {
  return typeof item === 'object' && item !== null && 'journal' in item;
}

function plainRun({ submission, journal, ...run }: OwnedRun) {
  const { input, owner, triggeredBy, name, jobType, kind, priority } = submission;
  const { startedAt, started, entries, ...facts } = journal;
  return {
    ...run,
    submission: { input, owner, triggeredBy, name, jobType, kind, priority },
    facts,
    hasStarted: startedAt !== undefined,
    started: started.map(({ node, attempt }) => `${node}/${attempt}`).toSorted(),
    // Lines with one number have no order among them; an engine writes none.
    entries: entries
      .map((entry) => JSON.stringify(entry, Object.keys(entry.event).sort()))
      .toSorted(),
  };
}
