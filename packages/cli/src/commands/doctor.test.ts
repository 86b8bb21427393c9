import type { DoctorCheckResult } from '@tenuto/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp } from '../../test/call.ts';
import { ok, problem } from '../../test/pretend-api.ts';
import { EXIT } from '../exit-code.ts';

afterAll(cleanUp);

const SOUND: DoctorCheckResult = {
  ...{ name: 'lost_run', invariant: 1, meaning: 'Every run is there.', verdict: 'ok' },
  ...{ count: 0, more: false, evidence: [], repair: null },
};
const ORPHANS: DoctorCheckResult = {
  ...{ name: 'orphan_lease', invariant: 7, meaning: 'Owners are there.', verdict: 'error' },
  ...{ count: 2, more: false, repair: 'Releases the run to the queue.' },
  evidence: [
    { subject: 'run-1', detail: 'is owned by engine e, which is not there' },
    { subject: 'run-2', detail: `is \u001b[31m${'x'.repeat(200)}` },
  ],
};
const RISK: DoctorCheckResult = {
  ...SOUND,
  ...{ name: 'durability', verdict: 'warning', count: 10_000, more: true, invariant: null },
  evidence: [{ subject: 'fsync', detail: 'is off' }],
};

function report(...checks: readonly DoctorCheckResult[]) {
  const has = (verdict: string) => checks.some((check) => check.verdict === verdict);
  return {
    verdict: has('error') ? 'error' : has('warning') ? 'warning' : 'ok',
    examined_at: '2026-01-15T09:30:00.000Z',
    duration_ms: 182.4,
    sample: { live_runs: 12, over_runs: 500, left_out: 0 },
    checks,
  };
}

const EXAMINE = 'GET /api/v1/doctor';
const REPAIR = 'POST /api/v1/doctor/repair';

describe('the doctor', () => {
  it('says that a sound store is sound, and ends well', async () => {
    const { out, exitCode, asked } = await call(['doctor'], { [EXAMINE]: ok(report(SOUND)) });
    expect(exitCode).toBe(EXIT.ok);
    expect(out).toBe(
      [
        'CHECK     VERDICT  FOUND',
        'lost_run  ✓ ok',
        '',
        '1 checks in 182 ms, on 12 live and 500 ended runs: 0 with errors, 0 with warnings.',
        '',
      ].join('\n'),
    );
    expect(asked[0]?.query).toEqual({});
  });

  it('shows what was found beside its check, and what repair would do', async () => {
    const found = report(SOUND, ORPHANS, RISK);
    const { out, exitCode } = await call(['doctor'], { [EXAMINE]: ok(found) });
    expect(exitCode).toBe(EXIT.unsound);
    const lines = out.split('\n');
    expect(lines[2]).toMatch(/^orphan_lease +✗ error +2 +run-1 is owned by engine e, which/);
    expect(lines[3]).toMatch(/^ +run-2 is x+…$/);
    expect(lines[4]).toMatch(/^durability +! warning +10000\+ +fsync is off$/);
    expect(out).toContain('1 with errors, 1 with warnings.');
    expect(out).toContain('`tenuto doctor --repair` would:\n  orphan_lease: Releases the run');
    expect(out).not.toContain('\u001b');
  });

  it('ends with 1 for warnings too, and says what was too large for it', async () => {
    const sample = { live_runs: 0, over_runs: 3, left_out: 4 };
    const body = { ...report(RISK), sample };
    const { out, exitCode } = await call(['doctor'], { [EXAMINE]: ok(body) });
    expect(exitCode).toBe(1);
    expect(out).toContain('on 0 live and 3 ended runs, 4 left out as too large: 0 with errors');
    expect(out).not.toContain('--repair');
  });

  it('shows a verdict in its colour as well', async () => {
    const env = { FORCE_COLOR: '1' };
    const { out } = await call(['doctor'], { [EXAMINE]: ok(report(ORPHANS)) }, { env });
    expect(out).toContain('\u001b[31m✗ error\u001b[39m');
  });

  it('asks for what it is told to', async () => {
    const args = ['doctor', '--deep', '-c', 'lost_run', '--check', 'batch_gap'];
    const { asked } = await call(args, { [EXAMINE]: ok(report(SOUND)) });
    // Of a parameter that is there twice, the pretended server shows the last.
    expect(asked[0]?.query).toEqual({ deep: 'true', checks: 'batch_gap' });
  });

  it('is one document with --json', async () => {
    const { out, exitCode } = await call(['doctor', '--json'], { [EXAMINE]: ok(report(RISK)) });
    expect(JSON.parse(out)).toEqual(report(RISK));
    expect(exitCode).toBe(EXIT.unsound);
  });

  it('is for administrators', async () => {
    const answers = { [EXAMINE]: problem('forbidden', 'The scope admin is needed.') };
    const { exitCode, err } = await call(['doctor'], answers);
    expect(exitCode).toBe(EXIT.refused);
    expect(err).toContain('The scope admin is needed.');
  });
});

describe('a repair', () => {
  const answer = (over: object = {}) =>
    ok({
      ...{ dry_run: false, found: report(SOUND, ORPHANS) },
      ...{ repaired: [{ check: 'orphan_lease', count: 2 }], left: report(SOUND) },
      ...over,
    });

  it('says what it has mended and what is left, and ends as that is', async () => {
    const { out, exitCode, asked } = await call(['doctor', '--repair'], { [REPAIR]: answer() });
    expect(exitCode).toBe(EXIT.ok);
    expect(out).toMatch(/^Repaired orphan_lease: 2\nCHECK +VERDICT +FOUND\nlost_run +✓ ok\n/);
    expect(asked[0]?.body).toEqual({});
  });

  it('that leaves something ends with 1', async () => {
    const left = report(RISK);
    const { exitCode } = await call(['doctor', '--repair'], { [REPAIR]: answer({ left }) });
    expect(exitCode).toBe(EXIT.unsound);
  });

  it('with nothing to do says so', async () => {
    const nothing = { found: report(SOUND), repaired: [], left: null };
    const { out, exitCode } = await call(['doctor', '--repair'], { [REPAIR]: answer(nothing) });
    expect(exitCode).toBe(EXIT.ok);
    expect(out).toContain('Nothing was to be repaired.');
  });

  it('that is only tried shows what was found and what would be done', async () => {
    const args = ['doctor', '--repair', '--dry-run', '--check', 'orphan_lease'];
    const tried = { dry_run: true, repaired: [], left: null };
    const { out, exitCode, asked } = await call(args, { [REPAIR]: answer(tried) });
    expect(asked[0]?.body).toEqual({ checks: ['orphan_lease'], dry_run: true });
    expect(exitCode).toBe(EXIT.unsound);
    expect(out).toContain('orphan_lease: Releases the run to the queue.');
    expect(out).not.toContain('Repaired');
  });

  it('is tried only when it is asked for', async () => {
    const { exitCode, err, asked } = await call(['doctor', '--dry-run']);
    expect([exitCode, asked]).toEqual([EXIT.usage, []]);
    expect(err).toContain('--dry-run says what --repair would do.');
  });
});
