import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AuditRow,
  AuditRowSchema,
  type AuditVerdict,
  AuditVerdictSchema,
  BUNDLE_ELEMENT_ID,
  type Bundle,
  canonicalJson,
  JobSchema,
  type RunDetail,
  RunSchema,
} from '@tenuto/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp, fileOf, folder } from '../../test/call.ts';
import { ok, page } from '../../test/pretend-api.ts';
import { EXIT } from '../index.ts';

const exampleOf = (schema: object) => (Reflect.get(schema, 'examples') as readonly unknown[])[0];
const run = exampleOf(RunSchema) as RunDetail;
const row = exampleOf(AuditRowSchema) as AuditRow;
const verdict = exampleOf(AuditVerdictSchema) as AuditVerdict;
const sound = { ...verdict, valid: true, findings: [], findings_total: 0 };
const ID = run.run_id;

afterAll(cleanUp);

function bundleOf(more: object = {}): Bundle {
  const data = {
    ...{ kind: 'tenuto.run_bundle', schema_version: 1, created_at: '2026-01-15T09:31:00.000Z' },
    ...{ created_by: 'ana', server_version: '1.0.0', run },
    plan: { hash: 'a', node_count: 1, edge_count: 0, nodes: [], edges: [] },
    rerun: {
      job_name: 'nightly',
      execution_context: { branch: 'main' },
      dag_definition: { nodes: [{ id: 'a', uses: 'sleep.for' }] },
    },
    ...{ nodes: [], attempts: [], logs: [], artifacts: [], tests: [], omitted: [] },
    audit: [{ ...row, row_hash: 'r', seal: { number: 3, hash: 'abc' } }],
    ...more,
  };
  const hash = createHash('sha256').update(canonicalJson(data)).digest('hex');
  const bundle: unknown = { ...data, integrity: { algorithm: 'SHA-256', hash } };
  return bundle as Bundle;
}

function pageOf(bundle: Bundle): string {
  const data = JSON.stringify(bundle).replaceAll('<', '\\u003c');
  return `<!doctype html><title>x</title><script type="application/json" id="${BUNDLE_ELEMENT_ID}">${data}</script>`;
}

describe('tenuto run bundle', () => {
  it('writes a file, and says its hash', async () => {
    const bundle = bundleOf();
    const file = join(folder, 'written.json');
    const args = ['run', 'bundle', ID, '--data', '--artifacts', '-o', file];
    const { out, asked } = await call(args, { 'GET /api/v1/runs/*/bundle': ok(bundle) });
    expect(asked[0]?.query).toEqual({ artifacts: 'inline', format: 'json' });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(bundle);
    expect(out).toContain(bundle.integrity.hash);
  });
});

describe('tenuto bundle verify', () => {
  it('finds a bundle as it was made, in a page and as data', async () => {
    const bundle = bundleOf({ note: '</script>' });
    for (const text of [pageOf(bundle), JSON.stringify(bundle)]) {
      const { exitCode, out } = await call(['bundle', 'verify', fileOf(text, 'sound.html')]);
      expect([exitCode, out]).toEqual([EXIT.ok, expect.stringContaining('✓ Its data are what')]);
    }
  });

  it('finds one that was changed', async () => {
    const changed = { ...bundleOf(), created_by: 'somebody else' };
    const { exitCode, out } = await call(['bundle', 'verify', fileOf(pageOf(changed), 'bad.html')]);
    expect([exitCode, out]).toEqual([EXIT.unsound, expect.stringContaining('✗')]);
  });

  it('asks the server whether its audit says the same', async () => {
    const file = fileOf(pageOf(bundleOf()), 'asked.html');
    const answers = {
      'GET /api/v1/audit': page([row]),
      'GET /api/v1/audit/verify': ok(sound),
    };
    const good = await call(['bundle', 'verify', file, '--server', '--json'], answers);
    expect(JSON.parse(good.out)).toMatchObject({
      valid: true,
      checks: [{ check: 'hash' }, { check: 'audit', ok: true }, { check: 'seals', ok: true }],
    });
    expect(good.asked.map(({ query }) => query)).toEqual([
      { subject: ID, limit: '100' },
      { known: '3:abc' },
    ]);
    const other = { ...answers, 'GET /api/v1/audit': page([{ ...row, actor: 'mallory' }]) };
    const bad = await call(['bundle', 'verify', file, '--server'], other);
    expect([bad.exitCode, bad.out]).toEqual([EXIT.unsound, expect.stringContaining(row.audit_id)]);
    const broken = { ...answers, 'GET /api/v1/audit/verify': ok(verdict) };
    expect((await call(['bundle', 'verify', file, '--server'], broken)).exitCode).toBe(
      EXIT.unsound,
    );
  });

  it('refuses what is no bundle', async () => {
    for (const text of [
      '<html></html>',
      '{}',
      'null',
      JSON.stringify({ ...bundleOf(), run: {} }),
    ]) {
      const { exitCode } = await call(['bundle', 'verify', fileOf(text, 'none.html')]);
      expect(exitCode).toBe(EXIT.usage);
    }
  });
});

describe('tenuto bundle run', () => {
  const job = exampleOf(JobSchema);
  const answers = { 'POST /job': { status: 202, body: job } };

  it('submits its plan and its inputs, with other parameters where they are given', async () => {
    const file = fileOf(pageOf(bundleOf()), 'again.html');
    const args = ['bundle', 'run', file, '-p', 'branch=next', '--name', 'again'];
    const { exitCode, asked } = await call(args, answers);
    expect(exitCode).toBe(EXIT.ok);
    expect(asked[0]?.body).toMatchObject({
      ...{ job_name: 'again', execution_context: { branch: 'next' } },
      dag_definition: { nodes: [{ id: 'a' }] },
    });
  });

  it('does not run one that was changed, unless it is made to', async () => {
    const file = fileOf(pageOf({ ...bundleOf(), created_by: 'x' }), 'forged.html');
    const { exitCode, asked } = await call(['bundle', 'run', file], answers);
    expect([exitCode, asked]).toEqual([EXIT.usage, []]);
    expect((await call(['bundle', 'run', file, '--force'], answers)).exitCode).toBe(EXIT.ok);
  });

  it('says so where the plan did not come along', async () => {
    const file = fileOf(pageOf(bundleOf({ rerun: null })), 'large.html');
    expect((await call(['bundle', 'run', file], answers)).err).toContain('too large');
  });
});
