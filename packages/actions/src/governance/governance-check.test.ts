/** Checks of phases in real workspaces. */
import { randomUUID } from 'node:crypto';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Gate, GovernancePolicy, GovernanceReport, JsonObject } from '@tenuto/contract';
import { GovernanceReportSchema } from '@tenuto/contract';
import { runIdOf, type Workspace } from '@tenuto/engine';
import { makePartitions } from '@tenuto/store';
import {
  createDatabase,
  startTestWorkspaces,
  type TestDatabase,
  type TestWorkspaces,
  testUse,
} from '@tenuto/testkit';
import pg from 'pg';
import Value from 'typebox/value';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { realClock } from '../agent/agent.fixture.ts';
import { callWith } from '../command/command.fixture.ts';
import { createActionRegistry } from '../registry.ts';
import { CHECK_LIMITS } from './check-limits.ts';
import { governanceCheck } from './governance-check.ts';

let database: TestDatabase;
let here: TestWorkspaces;
let runId: string;
let workspace: Workspace;
let spent: Record<string, number>;
beforeAll(async () => {
  database = await createDatabase();
  const pool = new pg.Pool(database.connection);
  await makePartitions(pool);
  await pool.end();
  here = await startTestWorkspaces(database.connection);
});
afterAll(async () => {
  await here.close();
});
beforeEach(async () => {
  const time = Date.now().toString(16).padStart(12, '0');
  runId = runIdOf(`${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`).text;
  workspace = await here.workspaces.open(testUse(runId));
  spent = {};
});

/** What the run and its phase have cost, in nano-USD. */
function spend(nano: Record<string, number>): undefined {
  spent = nano;
}

const put = (path: string, text: string | Uint8Array) =>
  workspace.write(path, typeof text === 'string' ? Buffer.from(text) : text);

interface CheckWish extends Omit<JsonObject, 'gates'> {
  readonly gates?: readonly Gate[];
}

/** Runs a check through the registry, as an engine would. */
async function check(
  { gates = [], ...rest }: CheckWish = {},
  { policy, allow = 'none' }: { policy?: GovernancePolicy; allow?: 'none' | 'any' } = {},
) {
  const definition = governanceCheck({
    workspaces: here.workspaces,
    commands: { allow, environment: process.env, clock: realClock },
    costOf: async (_, phase) => spent[phase ?? 'run'] ?? 0,
    ...(policy !== undefined && { policy }),
  });
  const given: JsonObject = JSON.parse(JSON.stringify({ phase: 'qa', gates, ...rest }));
  const call = callWith(given, { uses: 'governance.check', runId, node: 3, nodeId: 'qa/gates' });
  const outcome = await createActionRegistry([definition]).run(call);
  return { outcome, call };
}

async function reportOf(...given: Parameters<typeof check>): Promise<GovernanceReport> {
  const { outcome } = await check(...given);
  const report: unknown = 'output' in outcome ? outcome.output : undefined;
  if (!Value.Check(GovernanceReportSchema, report)) throw new Error(JSON.stringify(outcome));
  expect(outcome.status).toBe(report.passed ? 'completed' : 'failed');
  return report;
}

const gateOf = async (
  gate: object,
  more: CheckWish = {},
  options: Parameters<typeof check>[1] = {},
) => {
  const one: unknown = { id: 'g', ...gate };
  const { gates } = await reportOf({ ...more, gates: [one as Gate] }, options);
  const found = gates.find(({ id }) => id === 'g');
  if (found === undefined) throw new Error('no gate');
  return found;
};

const LCOV = (hit: number) => `SF:a.ts\nLF:10\nLH:${hit}\nend_of_record\n`;
const JUNIT = (failures: number) =>
  `<testsuite name="s">${Array.from({ length: 10 }, (_, i) => `<testcase classname="c" name="t${i}" time="0.5">${i < failures ? '<failure message="no"/>' : ''}</testcase>`).join('')}</testsuite>`;
const KEY = `ghp_${'aB3dE5gH7j'.repeat(4)}`.slice(0, 40);

type Arrange = () => Promise<CheckWish | undefined>;
const files =
  (given: Readonly<Record<string, string>>): Arrange =>
  async () => {
    for (const [path, text] of Object.entries(given)) await put(path, text);
    return undefined;
  };
const metric = { type: 'metric', operator: '>=', threshold: 0.8 };

describe.each(['error', 'warning'] as const)('a gate of severity %s', (severity) => {
  it.each<[string, object, Arrange, Arrange]>([
    [
      'artifact_required',
      { type: 'artifact_required', path: 'artifacts/qa/*.md', min_count: 2 },
      files({ 'artifacts/qa/a.md': 'a', 'artifacts/qa/b.md': 'b' }),
      files({ 'artifacts/qa/a.md': 'a', 'artifacts/qa/b.md': '', 'b.md': 'b' }),
    ],
    [
      'artifact_pattern',
      { type: 'artifact_pattern', path: '**/*.md', pattern: '(?m)^## Risks' },
      files({ 'a.md': '# A\n## Risks\nNone.' }),
      files({ 'a.md': '# A\n## Risks\nNone.', 'b/c.md': '# C' }),
    ],
    [
      'artifact_pattern that must not match',
      { type: 'artifact_pattern', path: '**/*.ts', pattern: '\\bdebugger\\b', must: 'not_match' },
      files({ 'a.ts': 'const debuggers = 1;' }),
      files({ 'a.ts': 'debugger;' }),
    ],
    [
      'metric of lcov',
      { ...metric, path: 'coverage/lcov.info', format: 'lcov', field: 'line_rate' },
      files({ 'coverage/lcov.info': LCOV(8) }),
      files({ 'coverage/lcov.info': LCOV(7) }),
    ],
    [
      'metric of junit',
      { ...metric, path: 'reports/*.xml', format: 'junit', field: 'pass_rate' },
      files({ 'reports/a.xml': JUNIT(2), 'reports/b.xml': JUNIT(1) }),
      files({ 'reports/a.xml': JUNIT(0), 'reports/b.xml': JUNIT(5) }),
    ],
    [
      'metric of json',
      { ...metric, path: 'report.json', format: 'json', field: '/scores/0/f1' },
      files({ 'report.json': '{"scores": [{"f1": 0.91}]}' }),
      files({ 'report.json': '{"scores": [{"f1": "0.91"}]}' }),
    ],
    [
      'no_secrets',
      { type: 'no_secrets', path: 'src/**' },
      files({ 'src/a.ts': 'export const a = 1;', 'other.ts': `k = '${KEY}'` }),
      files({ 'src/a.ts': `k = '${KEY}'` }),
    ],
    [
      'max_cost',
      { type: 'max_cost', usd: 0.5 },
      async () => spend({ qa: 500_000_000, run: 9_000_000_000 }),
      async () => spend({ qa: 500_000_001 }),
    ],
    [
      'max_cost of the run',
      { type: 'max_cost', usd: 0.5, scope: 'run' },
      async () => spend({ run: 500_000_000 }),
      async () => spend({ qa: 1, run: 500_000_001 }),
    ],
    [
      'approval',
      { type: 'approval' },
      async () => ({ approvals: { g: { approved: true, decisions: [] } } }),
      async () => ({
        approvals: {
          g: { approved: false, reason: 'No.', decisions: [{ by: 'ann', decision: 'reject' }] },
        },
      }),
    ],
    [
      'expression',
      { type: 'expression', expression: "artifacts.exists(a, a.path == 'x') && params.n > 1" },
      async () => {
        await put('x', '1');
        return { params: { n: 2 } };
      },
      async () => ({ params: { n: 1 } }),
    ],
  ])('of type %s passes and does not pass', async (_, gate, good, bad) => {
    const more = await good();
    expect(await gateOf({ ...gate, severity }, more)).toMatchObject({ passed: true, severity });
    for (const { path } of await workspace.list()) await put(path, '');
    const worse = await bad();
    const { outcome } = await check({ ...worse, gates: [{ id: 'g', severity, ...gate } as Gate] });
    expect(outcome.status).toBe(severity === 'error' ? 'failed' : 'completed');
    const found = await gateOf({ ...gate, severity }, worse);
    expect(found).toMatchObject({ passed: false, skipped: false });
    expect(found.remediation).toBeDefined();
    expect(JSON.stringify(found)).not.toContain(KEY);
  });
});

describe('a gate of type command', () => {
  const gate = (script: string, more: object = {}) => ({
    ...{ type: 'command', command: [process.execPath, '-e', script] },
    ...more,
  });
  const any = { allow: 'any' } as const;

  it('passes with exit code 0, and sees the workspace', async () => {
    await put('a.txt', 'here');
    const script = "process.exit(require('fs').readFileSync('a.txt', 'utf8') === 'here' ? 0 : 1)";
    expect(await gateOf(gate(script), {}, any)).toMatchObject({ passed: true, value: 0 });
  });

  it('has what it leaves and what cannot be kept told in the log', async () => {
    const script = "require('fs').symlinkSync('/etc/hosts', 'hosts')";
    const command = [process.execPath, '-e', script];
    const { call } = await check({ gates: [{ id: 'g', type: 'command', command }] }, any);
    expect(call.logged.map(({ text }) => text)).toContain(
      'hosts is not kept: it is a link, and links are not followed.',
    );
  });

  it('does not pass with another, and quotes what the program says', async () => {
    const found = await gateOf(gate("console.error('a.ts:1 is bad'); process.exit(3)"), {}, any);
    expect(found).toMatchObject({ passed: false, value: 3, evidence: ['a.ts:1 is bad'] });
  });

  it('says how to allow commands where they are not allowed', async () => {
    const found = await gateOf(gate(''), {});
    expect(found.passed).toBe(false);
    expect(found.message).toContain('TENUTO_ALLOW_COMMANDS');
  });

  it('is stopped when it takes too long', async () => {
    const slow = gate('setInterval(() => {}, 1000)', { timeout_seconds: 0.2 });
    expect((await gateOf(slow, {}, any)).message).toContain('was stopped');
  });

  it('is run before the others: what it writes is what they look at', async () => {
    const write = `require('fs').writeFileSync('r.json', '{"n":5}')`;
    const report = await reportOf(
      {
        gates: [
          { ...metric, id: 'm', path: 'r.json', format: 'json', field: '/n', threshold: 5 } as Gate,
          { id: 'c', ...gate(write) } as Gate,
        ],
      },
      any,
    );
    expect(report.passed).toBe(true);
    expect((await workspace.list()).map(({ path }) => path)).toEqual(['r.json']);
  });
});

describe('a check', () => {
  it('counts expected artifacts that are required as gates', async () => {
    await put('artifacts/qa/plan.md', 'Plan.');
    const artifacts = [{ path: 'plan.md' }, { path: 'out.md' }, { path: 'x', required: false }];
    const { outcome } = await check({ artifacts });
    expect(outcome).toMatchObject({
      status: 'failed',
      error: { classification: 'validation', type: 'gate_blocked' },
    });
    const report = await reportOf({ artifacts });
    expect(report.gates.map(({ id, passed }) => `${id} ${passed}`)).toEqual([
      ...['artifact:plan.md true', 'artifact:out.md false'],
    ]);
    expect(report.governance_score).toBe(0.5);
  });

  it('never lets a warning block, and skips it where that is asked for and allowed', async () => {
    const gates: Gate[] = [
      { id: 'w', type: 'artifact_required', path: 'none', severity: 'warning', weight: 3 },
      { id: 'e', type: 'no_secrets' },
    ];
    expect(await reportOf({ gates })).toMatchObject({ passed: true, governance_score: 0.25 });
    const skipping = await reportOf({ gates, skip_warnings: true });
    expect(skipping).toMatchObject({ passed: true, governance_score: 1 });
    expect(skipping.gates[0]).toMatchObject({ id: 'w', skipped: true });
    const policy = { allow_skip_validation: false };
    const strict = await reportOf({ gates, skip_warnings: true }, { policy });
    expect(strict.gates[0]).toMatchObject({ id: 'w', skipped: false, passed: false });
    const { call } = await check({ gates, skip_warnings: true }, { policy });
    expect(call.logged.at(-1)?.text).toContain('does not allow');
  });

  it('never skips an error', async () => {
    const gates: Gate[] = [{ id: 'e', type: 'artifact_required', path: 'none' }];
    expect(await reportOf({ gates, skip_warnings: true })).toMatchObject({ passed: false });
  });

  it('holds the phase to the stricter of its policies', async () => {
    const gate = { id: 'm', type: 'metric', path: 'r.json', format: 'json', field: '/n' } as const;
    await put('r.json', '{"n": 7}');
    const own: Gate[] = [{ ...gate, operator: '>=', threshold: 5 }];
    const policy: GovernancePolicy = {
      gates: [{ ...gate, operator: '>=', threshold: 8 }],
      max_cost_usd: 2,
    };
    spent = { run: 3_000_000_000 };
    const report = await reportOf(
      { gates: own, policy: { max_cost_usd: 5, min_hygiene_score: 0.5 } },
      { policy },
    );
    expect(report.gates.map(({ id, passed, threshold }) => [id, passed, threshold])).toEqual([
      ['m', false, 8],
      ['policy.max_cost_usd', false, 2],
      ['policy.min_hygiene_score', true, 0.5],
    ]);
  });

  it('blocks when somebody was asked, and has not agreed, whether a gate says so or not', async () => {
    const approvals = { extra: { approved: false, decisions: [], reason: 'No.' } };
    expect(await reportOf({ approvals })).toMatchObject({
      passed: false,
      gates: [{ id: 'extra', type: 'approval', passed: false }],
    });
    const nobody = await gateOf({ type: 'approval' });
    expect(nobody.message).toContain('Nobody');
  });

  it('passes with nothing to check', async () => {
    expect(await reportOf()).toMatchObject({
      ...{ phase: 'qa', passed: true, governance_score: 1, hygiene_score: 1, gates: [] },
    });
  });

  it('that cannot be carried out says why', async () => {
    for (const gates of [
      [{ id: 'x', type: 'nothing' }],
      [{ id: '__proto__', type: 'no_secrets' }],
    ]) {
      const { outcome } = await check({ gates: JSON.parse(JSON.stringify(gates)) });
      expect(outcome).toMatchObject({ status: 'failed', error: { type: 'invalid_parameters' } });
    }
    const bad: Gate[] = [
      { id: 'a', type: 'artifact_pattern', path: '*', pattern: '(' },
      { id: 'b', type: 'expression', expression: 'nothing +' },
      {
        id: 'c',
        type: 'metric',
        path: 'x',
        format: 'lcov',
        field: 'y',
        operator: '<',
        threshold: 1,
      },
    ];
    await put('x', 'no report');
    const { gates } = await reportOf({ gates: bad });
    for (const { passed, message } of gates) {
      expect(passed).toBe(false);
      expect(message.length).toBeGreaterThan(10);
    }
  });

  it('stops when it is told to', async () => {
    await put('a', 'a');
    const definition = governanceCheck({
      workspaces: here.workspaces,
      commands: { allow: 'none', environment: {}, clock: realClock },
      costOf: async () => 0,
    });
    const signal = AbortSignal.abort('cancelled');
    const call = callWith({ phase: 'qa' }, { runId, node: 0, signal });
    expect(await definition.run(call)).toMatchObject({ status: 'cancelled' });
  });
});

describe('files that are made to hurt', () => {
  it('are looked at within bounds: large, binary, deep, of bytes that are no text', async () => {
    await put('big.csv', Buffer.alloc(9 * 1024 * 1024, 'a,b\n'));
    await put('data.bin', Buffer.from([0, 1, 2, 3]));
    await put('broken.txt', Buffer.from([0x61, 0xff, 0xfe, 0xc3, 0x28]));
    await put(`${'d/'.repeat(30)}deep.txt`, 'deep');
    await put('slow.txt', `${'a'.repeat(300_000)}!`);
    await put('__proto__', 'x');
    const gates: Gate[] = [
      { id: 's', type: 'no_secrets' },
      {
        id: 'p',
        type: 'artifact_pattern',
        path: 'slow.txt',
        pattern: '^(a+)+$',
        must: 'not_match',
      },
      { id: 'b', type: 'artifact_pattern', path: '*.bin', pattern: 'x' },
      {
        id: 'l',
        type: 'metric',
        path: 'big.csv',
        format: 'lcov',
        field: 'line_rate',
        operator: '>',
        threshold: 0,
      },
      {
        id: 'j',
        type: 'metric',
        path: 'broken.txt',
        format: 'junit',
        field: 'tests',
        operator: '>',
        threshold: 0,
      },
    ];
    const report = await reportOf({ gates });
    expect(report.gates.map(({ id, passed }) => `${id} ${passed}`)).toEqual([
      ...['s false', 'p true', 'b false', 'l false', 'j false'],
    ]);
    const [secrets] = report.gates;
    expect(secrets?.evidence).toEqual(['big.csv: not looked into']);
  });

  it('cannot make a report that is larger than it may be', async () => {
    for (let i = 0; i < 300; i += 1) await put(`f${i}.md`, '');
    await put('long.txt', `${KEY} ${'x'.repeat(100_000)}`);
    const report = await reportOf({ gates: [{ id: 'a', type: 'no_secrets' }] });
    expect(report.hygiene_findings.length).toBeLessThanOrEqual(200);
    expect(report.hygiene_findings_omitted).toBeGreaterThan(0);
    for (const line of report.gates.flatMap(({ evidence = [] }) => evidence)) {
      expect(line.length).toBeLessThanOrEqual(CHECK_LIMITS.evidenceChars + 3);
    }
  });
});

/** Folders of this repository, with problems of every kind planted. */
describe.each(['packages/cli', 'docs', 'examples'])('the folder %s', (folder) => {
  const root = join(import.meta.dirname, '../../../..');

  it('has findings that somebody can act on, and all that were planted', async () => {
    const { folder: place } = workspace;
    await mkdir(place, { recursive: true });
    const isForeign = (path: string) => /node_modules|\.tenuto/.test(path);
    await cp(join(root, folder), place, { recursive: true, filter: (path) => !isForeign(path) });
    await workspace.takeUp();
    const before = await reportOf();
    for (const finding of before.hygiene_findings) {
      expect(finding.remediation.length).toBeGreaterThan(10);
      expect(['secret', 'leftover', 'empty_file']).not.toContain(finding.kind);
    }
    const planted: Readonly<Record<string, string>> = {
      'config/keys.env': `TOKEN=${KEY}\n`,
      'notes.md~': 'old',
      'empty.md': '',
      'copy-one.txt': 'the same words in two files, and enough of them to be worth telling\n',
      'copy-two.txt': 'the same words in two files, and enough of them to be worth telling\n',
      'unfinished.md': `${`${['TO', 'DO'].join('')}: this\n`.repeat(3)}`,
      'qqzzqq-lonely.ts': 'export {};\n',
    };
    for (const [path, text] of Object.entries(planted)) {
      await mkdir(join(place, path, '..'), { recursive: true });
      await writeFile(join(place, path), text);
    }
    await writeFile(join(place, 'large.csv'), Buffer.alloc(1_200_000, 'a,b\n'));
    await workspace.takeUp();
    const after = await reportOf();
    const told = after.hygiene_findings.map(({ kind, path }) => `${kind} ${path}`);
    expect(told).toEqual(
      expect.arrayContaining([
        ...['secret config/keys.env', 'large_file large.csv', 'empty_file empty.md'],
        ...['duplicate_content copy-two.txt', 'leftover notes.md~'],
        ...['unfinished_work unfinished.md', 'unreferenced_file qqzzqq-lonely.ts'],
      ]),
    );
    expect(after.hygiene_score).toBeLessThan(before.hygiene_score);
    expect(JSON.stringify(after)).not.toContain(KEY);
  });
});
