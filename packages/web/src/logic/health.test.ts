import type { EngineView, Health } from '@tenuto/contract';
import { expect, it } from 'vitest';
import { factsOf, servicesOf, troublesOf } from './health.ts';

const NOW = Date.parse('2026-01-15T10:00:00.000Z');
const WELL: Health = {
  ...{ service: 'tenuto', status: 'ok', version: '1.0.0', timestamp: '2026-01-15T10:00:00.000Z' },
  checks: { store: { status: 'ok' }, engine: { status: 'ok', values: { owned_runs: 3 } } },
};

function engine(over: Partial<EngineView>): EngineView {
  return {
    ...{ engine_id: 'e', name: 'a', host: null, pid: null, version: null, state: 'live' },
    ...{ answers: true, epoch: 1, lease_ms: 10_000, stopped_at: null, lost_at: null },
    ...{ started_at: '2026-01-15T09:00:00.000Z', lease_until: '2026-01-15T10:00:09.000Z' },
    ...{ last_heartbeat_at: '2026-01-15T09:59:59.000Z', released_runs: null, owned_runs: 0 },
    ...{ running_nodes: 0, capacity: null, slots: null },
    ...over,
  };
}

const seen = { health: WELL, engines: [engine({})], circuits: [], now: NOW };

it('finds nothing wrong where nothing is', () => {
  expect(troublesOf(seen)).toEqual([]);
  expect(troublesOf({ ...seen, health: undefined, engines: [] })).toEqual([]);
});

it('tells what is down before what only needs a look', () => {
  const checks = {
    redis: { status: 'degraded', detail: 'It does not answer.' },
    store: { status: 'down', detail: 'The database does not answer.' },
  } as const;
  const troubles = troublesOf({ ...seen, health: { ...WELL, checks } });
  expect(troubles.map(({ title }) => title)).toEqual([
    'Database is down',
    'Redis does less than it should',
  ]);
});

it('tells of an engine that was lost lately, and not of one that was lost long ago', () => {
  const lately = engine({ state: 'lost', lost_at: '2026-01-15T09:50:00.000Z', released_runs: 2 });
  const before = engine({ state: 'lost', lost_at: '2026-01-14T09:50:00.000Z' });
  const [only, ...others] = troublesOf({ ...seen, engines: [engine({}), lately, before] });
  expect(only?.text).toContain('2 runs');
  expect(others).toEqual([]);
});

it('says that nothing goes on when no engine is live', () => {
  const titles = troublesOf({ ...seen, engines: [engine({ state: 'silent' })] });
  expect(titles.map(({ severity }) => severity)).toEqual(['wrong', 'look']);
});

it('says values as people do, those too that it does not know', () => {
  const values = { schema_version: 24, connections: 7, connections_most: 100, new_thing: 1_200 };
  expect(factsOf({ status: 'ok', values })).toEqual([
    'schema 24',
    'new thing 1,200',
    '7 of 100 connections',
  ]);
});

it('says of the server and each of its parts how far it is in its life', () => {
  const lives = (health: Health) =>
    servicesOf(health, [engine({ answers: false, name: 'other' }), engine({})]).map(
      ({ key, lifecycle, since, heardAt }) => [key, lifecycle, since, heardAt],
    );
  const started = '2026-01-15T08:00:00.000Z';
  expect(lives({ ...WELL, started_at: started })).toEqual([
    ['server', 'running', started, WELL.timestamp],
    ['store', 'running', null, null],
    ['engine', 'running', '2026-01-15T09:00:00.000Z', '2026-01-15T09:59:59.000Z'],
  ]);
  const stopping: Health = {
    ...{ ...WELL, status: 'draining' },
    checks: {
      store: { status: 'down' },
      engine: { status: 'down', values: { state: 'stopping' } },
    },
  };
  expect(lives(stopping).map(([key, lifecycle]) => [key, lifecycle])).toEqual([
    ...[
      ['server', 'stopping'],
      ['store', 'stopped'],
      ['engine', 'stopping'],
    ],
  ]);
});
