import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { compilePlan, type Engine } from '@tenuto/engine';
import { type TestEngine, testSubmission } from '@tenuto/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engines, openEngines } from './engines.ts';

interface Graph {
  readonly name: string;
  readonly tasks: readonly { readonly id: string; readonly needs: readonly string[] }[];
}

const folder = join(process.env.TENUTO_VECTORS ?? 'vectors', 'workflow-dags');
const files = existsSync(folder)
  ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.dag\.json(\.gz)?$/.test(file),
    )
  : [];
if (files.length === 0) console.warn('skipped all real graphs: their files are not here');

let engines: Engines;
let only: TestEngine;
let ended: Map<string, number>;
let late: string[];
let needs: Map<string, readonly string[]>;
let step = 0;

/** Ends after the event loop has turned, so that nodes overlap; notes who began too early. */
async function work({ nodeId }: { readonly nodeId: string }) {
  for (const parent of needs.get(nodeId) ?? []) if (!ended.has(parent)) late.push(nodeId);
  await new Promise((resolve) => setImmediate(resolve));
  step += 1;
  ended.set(nodeId, step);
  return { status: 'completed', output: null } as const;
}

beforeAll(async () => {
  engines = await openEngines();
  only = await engines.start({ actions: { work }, leaseMs: 10_000 });
});
afterAll(() => engines.close());

describe.skipIf(files.length === 0)('a real graph', () => {
  it.each(files)('%s runs to its end, no node before those it needs', async (file) => {
    const { name, tasks } = readGraph(file);
    ended = new Map();
    late = [];
    needs = new Map(tasks.map((task) => [task.id, task.needs]));
    const plan = compilePlan({
      nodes: tasks.map(({ id, needs: parents }) => ({ id, uses: 'work', needs: [...parents] })),
    });
    await runToEnd(only.engine, { ...testSubmission([{ id: 'x', uses: 'work' }]), plan, name });
    expect(late).toEqual([]);
    expect(ended.size).toBe(tasks.length);
  });
});

async function runToEnd(engine: Engine, submission: Parameters<Engine['submit']>[0]) {
  const result = await engine.submit({
    ...submission,
    input: { ...submission.input, maxConcurrentNodes: 64 },
  });
  if (result.duplicate) throw new Error('the run had been submitted before');
  const { status } = await engines.over(result.runId);
  expect(status).toBe('completed');
}

function readGraph(file: string): Graph {
  const bytes = readFileSync(join(folder, file));
  return JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
}
