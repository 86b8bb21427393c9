/** Files of runs that go back: real engines, a real database, a real disk. */
import type { NodeInput } from '@tenuto/contract';
import type { WorkspaceUse } from '@tenuto/engine';
import { openApiStore } from '@tenuto/store';
import {
  failed,
  startTestWorkspaces,
  type TestAction,
  type TestWorkspaces,
  testSubmission,
} from '@tenuto/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Engines, openEngines, submitted } from './engines.ts';
import { once, policy } from './recoveries.ts';

let engines: Engines;
let files: TestWorkspaces;
beforeEach(async () => {
  engines = await openEngines();
  files = await startTestWorkspaces(engines.connection);
});
afterEach(async () => {
  await files.close();
  await engines.close();
});

type Call = Parameters<TestAction>[0];
const useOf = ({ runId, nodeId, node = 0, attempt }: Call): WorkspaceUse => ({
  ...{ runId, nodeId, node, attempt },
  owner: 'ann',
});
const done = { status: 'completed', output: null } as const;

describe('a run that goes back to a checkpoint', () => {
  const nodes: readonly NodeInput[] = [
    { id: 'plan', uses: 'plan' },
    { id: 'planned', type: 'checkpoint', needs: ['plan'] },
    { id: 'build', uses: 'build', needs: ['planned'] },
    { id: 'check', uses: 'check', needs: ['build'], retry: once },
  ];

  test.each([false, true])('has the files that it had there (elsewhere: %s)', async (moves) => {
    const seen: string[][] = [];
    let place = files;
    const write = async (call: Call, entries: Record<string, string>) => {
      const workspace = await place.workspaces.open(useOf(call));
      seen.push(
        await Promise.all(
          (await workspace.list()).map(
            async ({ path }) => `${path}=${Buffer.from(await workspace.read(path))}`,
          ),
        ),
      );
      for (const [path, text] of Object.entries(entries)) {
        await workspace.write(path, Buffer.from(text));
      }
      return done;
    };
    let builds = 0;
    const engine = await engines.start({
      actions: {
        plan: (call) => write(call, { 'prd.md': 'v1', 'notes.md': 'n' }),
        build: (call) => {
          builds += 1;
          return write(call, { 'prd.md': `changed ${builds}`, [`code${builds}.ts`]: 'x' });
        },
        async check(call) {
          if (builds > 1) return write(call, {});
          await write(call, { 'report.md': 'bad' });
          if (moves) place = await files.elsewhere();
          return failed('permanent', 'not good');
        },
      },
    });
    const rules = policy({ action: 'rollback_state', with: { after: 'resume' } });
    const runId = await submitted(engine, testSubmission([...nodes], rules));
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(seen).toEqual([
      [],
      ['notes.md=n', 'prd.md=v1'],
      ['code1.ts=x', 'notes.md=n', 'prd.md=changed 1'],
      ['notes.md=n', 'prd.md=v1'],
      ['code2.ts=x', 'notes.md=n', 'prd.md=changed 2'],
    ]);
    const rows = await engines.ask(
      `select path, generation, ended, undone from artifacts where run_id = $1 order by version`,
      [runId],
    );
    expect(rows).toEqual([
      { path: 'prd.md', generation: 0, ended: 1, undone: false },
      { path: 'notes.md', generation: 0, ended: null, undone: false },
      { path: 'prd.md', generation: 0, ended: 1, undone: true },
      { path: 'code1.ts', generation: 0, ended: 1, undone: true },
      { path: 'report.md', generation: 0, ended: 1, undone: true },
      { path: 'prd.md', generation: 1, ended: null, undone: false },
      { path: 'code2.ts', generation: 1, ended: null, undone: false },
    ]);
    if (place !== files) await place.close();
  });
});

describe('the list of a run that has gone back', () => {
  test('is without undone files before anybody opens the workspace again', async () => {
    let builds = 0;
    const write = async (call: Call, path: string) => {
      const workspace = await files.workspaces.open(useOf(call));
      await workspace.write(path, Buffer.from('x'));
      return done;
    };
    const engine = await engines.start({
      actions: {
        plan: (call) => write(call, 'prd.md'),
        async build(call) {
          builds += 1;
          return builds > 1 ? done : write(call, 'code.ts');
        },
        check: async () => (builds > 1 ? done : failed('permanent', 'not good')),
      },
    });
    const nodes: NodeInput[] = [
      { id: 'plan', uses: 'plan' },
      { id: 'planned', type: 'checkpoint', needs: ['plan'] },
      { id: 'build', uses: 'build', needs: ['planned'] },
      { id: 'check', uses: 'check', needs: ['build'], retry: once },
    ];
    const rules = policy({ action: 'rollback_state', with: { after: 'resume' } });
    const runId = await submitted(engine, testSubmission(nodes, rules));
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    const api = openApiStore(engines.connection);
    try {
      const all = { owner: '', all: true };
      const list = (more: object = {}) =>
        api.artifacts.list(all, { runId, ...more }, { limit: 10, offset: 0 });
      const now = await list();
      expect(now?.items.map(({ path }) => path)).toEqual(['prd.md']);
      expect([now?.total, now?.generation]).toEqual([1, 1]);
      const before = await list({ generation: 0 });
      expect(before?.items.map(({ path }) => path)).toEqual(['code.ts', 'prd.md']);
    } finally {
      await api.close();
    }
  });
});

describe('an attempt that was cut off', () => {
  test('leaves what it wrote to the one after it, and nothing that it wrote later', async () => {
    let stuck: Promise<void> | undefined;
    const late: unknown[] = [];
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const action: TestAction = async (call) => {
      const workspace = await files.workspaces.open(useOf(call));
      if (call.attempt > 1) {
        const paths = (await workspace.list()).map(({ path }) => path);
        await workspace.write('second.txt', Buffer.from('2'));
        return { status: 'completed', output: paths };
      }
      await workspace.write('first.txt', Buffer.from('1'));
      stuck = gate.then(async () => {
        await workspace.write('late.txt', Buffer.from('3')).catch((error) => late.push(error));
      });
      await stuck;
      return done;
    };
    const dying = await engines.start({ actions: { work: action } });
    const runId = await submitted(dying, testSubmission([{ id: 'a', uses: 'work' }]));
    await expect
      .poll(
        async () =>
          (await engines.ask('select 1 from artifacts where run_id = $1', [runId])).length,
      )
      .toBe(1);
    dying.kill();
    await engines.start({ actions: { work: action } });
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    go();
    await stuck;
    expect(late).toMatchObject([{ kind: 'unavailable' }]);
    const [{ output } = { output: null }] = (await engines.attempts(runId)).slice(-1);
    expect(output).toBe('["first.txt"]');
    const rows = await engines.ask('select path from artifacts where run_id = $1 order by 1', [
      runId,
    ]);
    expect(rows).toEqual([{ path: 'first.txt' }, { path: 'second.txt' }]);
  });
});
