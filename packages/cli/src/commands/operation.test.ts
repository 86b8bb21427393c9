import type { EngineView, SettingView } from '@tenuto/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp } from '../../test/call.ts';
import { ok, page } from '../../test/pretend-api.ts';
import { EXIT } from '../index.ts';

const ID = '6f1c2a0e-8d43-4b57-9a4e-0c1d2e3f4a5b';

function engine(over: Partial<EngineView> = {}): EngineView {
  return {
    ...{ engine_id: ID, name: 'build-7', host: 'build-7', pid: 47, version: '0.1.0' },
    ...{ state: 'live', answers: true, epoch: 3, lease_ms: 10_000, stopped_at: null },
    ...{ started_at: '2026-01-15T09:30:00.000Z', lease_until: '2026-01-15T10:12:13.500Z' },
    ...{ last_heartbeat_at: '2026-01-15T10:12:03.500Z', lost_at: null, released_runs: null },
    ...{ owned_runs: 12, running_nodes: 31, capacity: 500, slots: null },
    ...over,
  };
}

const setting = (over: Partial<SettingView>): SettingView => ({
  ...{ name: 'PORT', group: 'server', meaning: 'Port.', source: 'default', secret: false },
  ...{ value: 8_420, is_set: true },
  ...over,
});

afterAll(cleanUp);

describe('engines', () => {
  it('are listed with what they have to do, and what became of their runs', async () => {
    const lost = engine({ state: 'lost', released_runs: 2, owned_runs: 0, pid: null });
    const { out, asked } = await call(['engines', 'list', '--state', 'lost'], {
      'GET /api/v1/engines': page([engine(), lost]),
    });
    const [head, live, gone] = out.split('\n').map((line) => line.split(/ {2,}/));
    expect(head?.slice(0, 4)).toEqual(['ENGINE', 'NAME', 'STATE', 'EPOCH']);
    expect(live?.slice(1, 6)).toEqual(['build-7 (47)', 'live', '3', '12 of 500', '31']);
    expect(gone?.slice(1, 3)).toEqual(['build-7', 'lost, 2 runs released']);
    expect(asked[0]?.query).toMatchObject({ state: 'lost' });
  });

  it('have one of four states', async () => {
    const { exitCode, err } = await call(['engines', 'ls', '--state', 'gone']);
    expect([exitCode, err]).toEqual([
      EXIT.usage,
      'An engine is live, silent, lost, stopped; not "gone".\n',
    ]);
  });
});

describe('settings', () => {
  const answer = ok({
    settings: [
      setting({}),
      setting({ name: 'TENUTO_DOCS', value: false, source: 'flag' }),
      setting({ name: 'KEY', secret: true, value: null, source: 'environment' }),
    ],
  });

  it('are listed with where they come from, and without secrets', async () => {
    const { out } = await call(['settings', 'list'], { 'GET /api/v1/settings': answer });
    const rows = out.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3));
    expect(rows.slice(1, 4)).toEqual([
      ['PORT', '8420', 'default'],
      ['TENUTO_DOCS', 'off', 'flag'],
      ['KEY', '(secret)', 'environment'],
    ]);
  });

  it('may be only those that are not at their default', async () => {
    const { out } = await call(['settings', 'list', '--changed'], {
      'GET /api/v1/settings': answer,
    });
    expect(out).not.toContain('PORT');
    expect(out).toContain('TENUTO_DOCS');
  });
});
