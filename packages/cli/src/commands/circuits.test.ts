import type { CircuitView } from '@tenuto/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp } from '../../test/call.ts';
import { ok, page } from '../../test/pretend-api.ts';
import { EXIT } from '../index.ts';

function sample(over: Partial<CircuitView> = {}): CircuitView {
  return {
    ...{ key: 'payments', owner: 'ana', state: 'closed', failures: 2, successes: 0 },
    ...{ open_until: null, probing: false, reason: null, changed_by: null, version: 6 },
    updated_at: '2026-01-15T09:30:30.000Z',
    settings: {
      ...{ failure_threshold: 5, success_threshold: 3, circuit_timeout_ms: 30_000 },
      ...{ failure_rate_threshold: null, window_ms: 60_000, minimum_calls: 10 },
    },
    ...over,
  };
}
const open = sample({
  ...{ state: 'open', open_until: '2026-01-15T09:31:00.000Z', failures: 0 },
  ...{ reason: 'maintenance', changed_by: 'ana' },
});

afterAll(cleanUp);

describe('circuits', () => {
  it('are listed by key, with when they let somebody through again', async () => {
    const { out, asked } = await call(
      ['circuits', 'ls', '--state', 'open', '--key', 'pay', '--limit', '5'],
      { 'GET /circuits': page([open, sample({ key: 'sms' })]) },
    );
    expect(out).toBe(
      [
        'KEY       STATE   FAILURES  OPEN UNTIL                REASON',
        'payments  open              2026-01-15T09:31:00.000Z  maintenance',
        'sms       closed  2 of 5',
        '',
      ].join('\n'),
    );
    expect(asked[0]?.query).toEqual({ state: 'open', key: 'pay', limit: '5' });
  });

  it('have one of three states', async () => {
    const { exitCode, err } = await call(['circuits', 'ls', '--state', 'broken']);
    expect([exitCode, err]).toEqual([
      EXIT.usage,
      'A circuit is closed, open, half_open; not "broken".\n',
    ]);
  });

  it('are shown one by one, and as JSON', async () => {
    const probed = sample({ state: 'half_open', probing: true, successes: 1 });
    const answers = { 'GET /circuits/*': ok(probed) };
    const { out } = await call(['circuits', 'show', 'payments'], answers);
    expect(out).toContain('payments is half open, probing\n');
    expect(out).toContain('  successes  1 of 3\n');
    expect(out).toContain('  opens      after 5 failures in a row\n');
    const json = await call(['circuits', 'show', 'payments', '--json'], answers);
    expect(JSON.parse(json.out)).toEqual(probed);
  });

  it('are opened by hand for a while, with a reason', async () => {
    const { out, asked } = await call(
      ['circuits', 'trip', 'payments', '--for', '10m', '--reason', 'maintenance'],
      { 'POST /circuits/*/trip': ok(open) },
    );
    expect(asked[0]?.body).toEqual({ duration_ms: 600_000, reason: 'maintenance' });
    expect(out).toContain('payments is open\n');
    expect(out).toContain('  until      2026-01-15T09:31:00.000Z\n');
    const wrong = await call(['circuits', 'trip', 'payments', '--for', 'long']);
    expect([wrong.exitCode, wrong.err]).toEqual([
      EXIT.usage,
      '"long" is no time such as 90s, 10m or 2h.\n',
    ]);
  });

  it('are closed by hand', async () => {
    const answers = { 'POST /circuits/*/reset': ok(sample({ failures: 0 })) };
    const { out, asked } = await call(['circuits', 'reset', 'payments'], answers);
    expect([asked[0]?.body, out.split('\n')[0]]).toEqual([{}, 'payments is closed']);
  });
});
