import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ICruiseResult, IViolation } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runNode } from './command.ts';

const repository = join(import.meta.dirname, '..');
const packages = ['contract', 'engine', 'store', 'actions', 'server', 'sdk', 'cli', 'testkit'];

/** Imports that a rule must catch: the file, what it imports, the rule. */
const forbidden: readonly (readonly [file: string, imported: string, rule: string])[] = [
  ['contract/src/a.ts', '@tenuto/engine', 'contract-imports'],
  ['engine/src/a.ts', '@tenuto/store', 'engine-imports'],
  ['store/src/a.ts', '@tenuto/actions', 'store-imports'],
  ['actions/src/a.ts', '@tenuto/store', 'actions-imports'],
  ['server/src/a.ts', '@tenuto/sdk', 'server-imports'],
  ['sdk/src/a.ts', '@tenuto/engine', 'sdk-imports'],
  ['cli/src/a.ts', '@tenuto/engine', 'cli-imports'],
  ['engine/src/plan/a.ts', '../run/x.ts', 'engine-plan-imports'],
  ['engine/src/run/a.ts', '../schedule/x.ts', 'engine-run-imports'],
  ['engine/src/run/b.ts', '../ports/x.ts', 'run-takes-only-types-of-ports'],
  ['engine/src/retry/a.ts', '../plan/x.ts', 'engine-retry-imports'],
  ['engine/src/schedule/a.ts', '../expression/x.ts', 'engine-schedule-imports'],
  ['engine/src/governance/a.ts', '../run/x.ts', 'engine-governance-imports'],
  ['engine/src/expression/a.ts', '../plan/x.ts', 'engine-expression-imports'],
  ['engine/src/b.ts', './loops/x.ts', 'loops-start-in-the-engine'],
  ['engine/src/c.ts', 'node:fs', 'engine-does-no-io'],
  ['server/src/routes/a.ts', '@tenuto/engine', 'routes-call-services'],
  ['server/src/services/a.ts', '@tenuto/store', 'services-know-no-driver'],
  ['server/src/services/b.ts', '../routes/x.ts', 'services-know-no-driver'],
  ['server/src/stream/a.ts', '@tenuto/store', 'main-is-the-composition-root'],
  ['server/src/stream/b.ts', '../main.ts', 'main-is-imported-by-the-index'],
  ['cli/src/jobs.ts', '@tenuto/server', 'only-serve-loads-the-server'],
  ['sdk/src/b.ts', '@tenuto/testkit', 'no-testkit-in-production'],
  ['sdk/src/c.ts', './x.test.ts', 'no-import-of-a-test'],
  ['actions/src/b.ts', '../../engine/src/index.ts', 'no-deep-import-by-path'],
  ['actions/src/c.ts', '@tenuto/engine/src/index.ts', 'no-unresolvable'],
  ['actions/src/d.ts', './missing.ts', 'no-unresolvable'],
  ['actions/src/e.ts', 'typebox', 'no-undeclared-dependency'],
  ['sdk/src/ring/a.ts', './b.ts', 'no-cycle'],
  ['actions/src/f.ts', 'node:vm', 'no-evaluator'],
  ['actions/src/g.ts', 'vm', 'no-evaluator'],
  ['actions/src/h.ts', 'jexl', 'no-evaluator'],
];

/** Imports that the house wants; none may be caught. */
const wanted: readonly (readonly [file: string, imported: string])[] = [
  ['engine/src/ok.ts', '@tenuto/contract'],
  ['engine/src/engine.ts', './loops/x.ts'],
  ['engine/src/loops/ok.ts', '../run/x.ts'],
  ['engine/src/run/ok.ts', '../plan/x.ts'],
  ['engine/src/run/ok2.ts', '../expression/x.ts'],
  ['engine/src/run/ok3.ts', '../retry/x.ts'],
  ['engine/src/run/ok4.ts', '@tenuto/contract'],
  ['engine/src/plan/ok.ts', '../expression/x.ts'],
  ['engine/src/plan/ok3.ts', '../retry/x.ts'],
  ['engine/src/plan/ok.test.ts', '@tenuto/testkit'],
  ['engine/src/plan/ok2.test.ts', 'node:fs'],
  ['store/src/ok.ts', '@tenuto/engine'],
  ['store/src/ok2.ts', 'node:fs'],
  ['store/conformance/ok.ts', '@tenuto/testkit'],
  ['server/src/routes/ok.ts', '../services/x.ts'],
  ['server/src/services/ok.ts', '@tenuto/engine'],
  ['server/src/main.ts', '@tenuto/store'],
  ['server/src/index.ts', './main.ts'],
  ['cli/src/serve.ts', '@tenuto/server'],
  ['cli/src/commands/serve.ts', '@tenuto/server'],
  ['cli/src/demo/main.ts', '@tenuto/server'],
  ['cli/src/ok.ts', '@tenuto/sdk'],
  ['testkit/src/ok.ts', '@tenuto/store'],
];

const folder = mkdtempSync(join(tmpdir(), 'tenuto-imports-'));
const caught = new Map<string, readonly string[]>();

beforeAll(async () => {
  for (const name of packages) writePackage(name);
  for (const name of ['plan', 'run', 'retry', 'schedule', 'expression', 'loops', 'ports']) {
    write(`packages/engine/src/${name}/x.ts`, 'export const x = 1;\n');
  }
  for (const name of ['routes', 'services']) {
    write(`packages/server/src/${name}/x.ts`, 'export const x = 1;\n');
  }
  write('packages/sdk/src/x.test.ts', 'export const x = 1;\n');
  for (const name of ['typebox', 'jexl']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
    write(`node_modules/${name}/index.js`, 'export const x = 1;\n');
  }
  for (const [file, imported] of [...wanted, ...forbidden]) {
    write(`packages/${file}`, `import * as all from '${imported}';\nexport const a = all;\n`);
  }
  write('packages/sdk/src/ring/b.ts', "export * from './a.ts';\n");
  const types = "import type { x } from '../ports/x.ts';\nexport type X = typeof x;\n";
  write('packages/engine/src/run/types.ts', types);
  await cruise();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('an import in the wrong direction', () => {
  it.each(forbidden)('from %s to %s breaks %s', (file, _imported, rule) => {
    expect(caught.get(`packages/${file}`)).toContain(rule);
  });
});

describe('an import in the right direction', () => {
  it.each(wanted)('from %s to %s breaks no rule', (file) => {
    expect(caught.get(`packages/${file}`) ?? []).toEqual([]);
  });

  it('takes the types of a port into the run machine', () => {
    expect(caught.get('packages/engine/src/run/types.ts') ?? []).toEqual([]);
  });
});

async function cruise(): Promise<void> {
  const program = join(repository, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const config = join(repository, '.dependency-cruiser.mjs');
  const output = join(folder, 'result.json');
  const args = ['packages', '--config', config, '-T', 'json', '-f', output];
  const { output: complaint } = await runNode([program, ...args], { folder });
  if (!existsSync(output)) throw new Error(complaint);
  for (const { from, rule } of violationsIn(JSON.parse(readFileSync(output, 'utf8')))) {
    caught.set(from, [...(caught.get(from) ?? []), rule.name]);
  }
}

function violationsIn(result: ICruiseResult): readonly IViolation[] {
  return result.summary.violations;
}

function writePackage(name: string): void {
  const manifest = { name: `@tenuto/${name}`, type: 'module', exports: { '.': './src/index.ts' } };
  write(`packages/${name}/package.json`, JSON.stringify(manifest));
  write(`packages/${name}/src/index.ts`, 'export const x = 1;\n');
  mkdirSync(join(folder, 'node_modules/@tenuto'), { recursive: true });
  symlinkSync(join(folder, 'packages', name), join(folder, 'node_modules/@tenuto', name));
}

function write(file: string, text: string): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
