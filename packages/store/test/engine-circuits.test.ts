/** Circuit breakers before a target that fails: shared by engines, sparing with probes. */
import { Agent, createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { failed, type TestEngine, type TestEngineOptions, testSubmission } from '@tenuto/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Engines, eventually, openEngines, submitted } from './engines.ts';

let engines: Engines;
let target: Target;
beforeEach(async () => {
  engines = await openEngines();
  target = await openTarget();
});
afterEach(async () => {
  await engines.close();
  agent.destroy();
  target.server.close();
  target.server.closeAllConnections();
});

interface Target {
  readonly server: Server;
  readonly url: string;
  well: boolean;
  calls: number;
  /** Calls at once. */
  going: number;
  most: number;
  /** Called while a call is held. */
  holds: (() => Promise<void>) | undefined;
}

/** A real HTTP server that fails until it is well. */
async function openTarget(): Promise<Target> {
  const server = createServer((_, response) => {
    seen.calls += 1;
    seen.going += 1;
    seen.most = Math.max(seen.most, seen.going);
    const answer = async () => {
      await seen.holds?.();
      seen.going -= 1;
      response.writeHead(seen.well ? 200 : 503).end();
    };
    void answer();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const seen: Target = {
    ...{ server, url: `http://127.0.0.1:${port}/`, well: false },
    ...{ calls: 0, going: 0, most: 0, holds: undefined },
  };
  return seen;
}

const agent = new Agent({ keepAlive: true, maxSockets: 50 });

const asks: TestEngineOptions['actions'] = {
  ask: ({ with: { url } }) =>
    new Promise((resolve) => {
      const end = (ok: boolean) =>
        resolve(ok ? { status: 'completed', output: null } : failed('transient', 'not well'));
      get(String(url), { agent }, (response) => {
        response.resume().on('end', () => end(response.statusCode === 200));
      }).on('error', () => end(false));
    }),
};

const guarded = {
  strategy: 'circuit_breaker',
  max_attempts: 4,
  base_delay_ms: 1,
  jitter: 'none',
  circuit_timeout_ms: 300,
} as const;

const asking = (count: number, more = {}) =>
  testSubmission(
    Array.from({ length: count }, (_, i) => ({
      ...{ id: `n${i}`, uses: 'ask', with: { url: target.url }, retry: { ...guarded, ...more } },
    })),
    { input: { maxConcurrentNodes: 20 } },
  );

const circuit = async () =>
  (
    await engines.ask<{ key: string; state: string; probe_by: string | null }>(
      'select key, state, probe_by from circuits',
    )
  )[0];

describe('a circuit', () => {
  test('spares a target that fails: 10,000 nodes wait, and complete once it is well', async () => {
    const engine = await engines.start({ actions: asks, slots: 100 });
    const runId = await submitted(engine, asking(10_000));
    await eventually(async () => (await circuit())?.state === 'open');
    const before = target.calls;
    // At most what was going on when it opened.
    expect(before).toBeLessThanOrEqual(5 + 2 * 20);
    await eventually(() => target.calls >= before + 3);
    const attempts = await engines.attempts(runId);
    expect(attempts.every(({ status }) => status === 'failed')).toBe(true);
    expect(attempts.length).toBeLessThanOrEqual(target.calls);
    target.well = true;
    expect(await engines.over(runId)).toMatchObject({
      status: 'completed',
      progress: { counts: { completed: 10_000 } },
    });
    const [spent] = await engines.ask<{ count: number }>(
      'select count(*)::int as count from attempts',
    );
    // Each attempt was a call: none was spent while the circuit was open.
    expect(spent?.count).toBe(target.calls);
    expect((await circuit())?.key).toBe(`ask:${new URL(target.url).host}`);
    expect((await circuit())?.state).toBe('closed');
  }, 180_000);

  test('is one for all engines: none calls while it is open, one probes at a time', async () => {
    const both = await Promise.all(
      [1, 2].map(() => engines.start({ actions: asks, capacity: 50 })),
    );
    const runs = await Promise.all(both.map((engine) => submitted(engine, asking(50))));
    await eventually(async () => (await circuit())?.state === 'open');
    await eventually(() => target.going === 0);
    target.most = 0;
    const before = target.calls;
    await eventually(() => target.calls >= before + 4);
    expect(target.most).toBe(1);
    target.well = true;
    for (const runId of runs) {
      expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    }
  });

  test('is known after a restart: nodes that are ready ask again, and wait', async () => {
    const dying = await engines.start({ actions: asks });
    const runId = await submitted(dying, asking(30, { circuit_timeout_ms: 1_500 }));
    await eventually(async () => (await circuit())?.state === 'open');
    dying.kill();
    const heir = await engines.start({ actions: asks });
    await eventually(() => waitsForCircuit(heir, runId));
    expect(heir.executed.length).toBeLessThanOrEqual(1);
    target.well = true;
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
  });

  test('is not charged to the run that waits for it, also across a restart', async () => {
    const dying = await engines.start({ actions: asks });
    const waits = asking(10, { circuit_timeout_ms: 60_000 });
    const runId = await submitted(dying, {
      ...waits,
      input: { ...waits.input, timeoutMs: 2_000 },
    });
    await eventually(() => waitsForCircuit(dying, runId));
    await setTimeout(300);
    dying.kill();
    await setTimeout(2_000);
    const heir = await engines.start({ actions: asks });
    await eventually(() => waitsForCircuit(heir, runId));
    await setTimeout(500);
    expect(heir.engine.live(runId)?.status).toBe('running');
  });

  test('does not keep the run from being cancelled', async () => {
    const engine = await engines.start({ actions: asks });
    const runId = await submitted(engine, asking(30, { circuit_timeout_ms: 60_000 }));
    await eventually(() => waitsForCircuit(engine, runId));
    await engines.cancel(runId);
    expect(await engines.over(runId)).toMatchObject({ status: 'cancelled' });
  });

  test('is tripped and reset by hand through its row', async () => {
    target.well = true;
    const engine = await engines.start({ actions: asks });
    await engines.ask(
      `insert into circuits (owner, key, state, failures, successes, open_until, slices, settings,
         version) values ('ann', 'payments', 'open', 0, 0, now() + interval '1 hour', '[]', '{}', 1)`,
    );
    const node = { id: 'a', uses: 'ask', with: { url: target.url }, circuit_key: 'payments' };
    const runId = await submitted(engine, testSubmission([node]));
    await eventually(() => waitsForCircuit(engine, runId));
    expect(engine.engine.live(runId)?.node(0)).toMatchObject({
      attempts: 0,
      waitingFor: { circuit: 'payments' },
    });
    await engines.ask(
      "update circuits set state = 'closed', open_until = null, version = version + 1",
    );
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
  });

  test('guards nobody who does not ask for it', async () => {
    const engine = await engines.start({ actions: asks });
    const runId = await submitted(engine, asking(10, { strategy: 'immediate', max_attempts: 2 }));
    expect(await engines.over(runId)).toMatchObject({ status: 'failed' });
    expect(target.calls).toBe(20);
    expect(await circuit()).toBeUndefined();
  });
});

/** Whether some node of the run waits for a circuit. */
function waitsForCircuit({ engine }: TestEngine, runId: string): boolean {
  const live = engine.live(runId);
  const count = live?.nodeCount() ?? 0;
  return Array.from({ length: count }, (_, i) => live?.node(i).waitingFor).some(
    (wait) => wait !== undefined && 'circuit' in wait,
  );
}
