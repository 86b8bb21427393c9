/** Replies that are lost and rows that are refused: nothing is done twice, nobody else is harmed. */
import { StoreFault } from '@tenuto/engine';
import { type TestEngine, testSubmission } from '@tenuto/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Engines, eventually, openEngines, submitted } from './engines.ts';

let engines: Engines;
beforeEach(async () => {
  engines = await openEngines();
});
afterEach(() => engines.close());

const executedBy = (...of: readonly TestEngine[]) =>
  of.flatMap(({ executed }) => executed.map(({ nodeId, attempt }) => `${nodeId}${attempt}`));

describe('a reply that is lost', () => {
  const lost = () => new StoreFault('unavailable', 'the reply was lost');

  test('of a claim: the runs are found and go on', async () => {
    const queueing = await engines.start({ capacity: 0 });
    const runIds = await Promise.all(
      Array.from({ length: 5 }, () =>
        submitted(queueing, testSubmission([{ id: 'a', uses: 'noop' }])),
      ),
    );
    let losing = true;
    const engine = await engines.start({
      probe(method, stage) {
        if (method !== 'claim' || stage !== 'after' || !losing) return;
        losing = false;
        throw lost();
      },
    });
    for (const runId of runIds) await engines.over(runId);
    expect(losing).toBe(false);
    expect(executedBy(engine)).toHaveLength(5);
  });

  test('of every third flush: each node is executed once, each row is there once', async () => {
    let flushes = 0;
    const engine = await engines.start({
      probe(method, stage) {
        if (method !== 'flush' || stage !== 'after') return;
        flushes += 1;
        if (flushes % 3 === 0) throw lost();
      },
    });
    const nodes = Array.from({ length: 6 }, (_, i) => ({
      id: `n${i}`,
      uses: 'noop',
      ...(i > 0 && { needs: [`n${i - 1}`] }),
    }));
    const idempotency = (key: string) => ({ key, requestHash: Buffer.alloc(32) });
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        engine.engine.submit(testSubmission(nodes, { idempotency: idempotency(`${i % 20}`) })),
      ),
    );
    const runIds = results.flatMap((result) => (result.duplicate ? [] : [result.runId]));
    expect(runIds).toHaveLength(20);
    for (const runId of runIds) expect((await engines.over(runId)).status).toBe('completed');
    expect(new Set(engine.executed.map((e) => `${e.runId}/${e.nodeId}`)).size).toBe(120);
    expect(engine.executed).toHaveLength(120);
    expect(await engines.ask('select count(*)::int as n from attempts')).toEqual([{ n: 120 }]);
    await eventually(() => engine.engine.health().ownedRuns === 0);
    expect(engine.engine.health().runningNodes).toBe(0);
  });

  test('of storing a large output: the node does not fail, and is not executed again', async () => {
    let losing = 3;
    const engine = await engines.start({
      probe(method, stage) {
        if (method !== 'putBlobs' || stage !== 'after' || losing === 0) return;
        losing -= 1;
        throw lost();
      },
    });
    const large = { id: 'a', uses: 'echo', with: { text: 'x'.repeat(50_000) } };
    const runId = await submitted(engine, testSubmission([{ ...large, timeout_seconds: 30 }]));
    expect(await engines.over(runId)).toMatchObject({ status: 'completed' });
    expect(executedBy(engine)).toEqual(['a1']);
  });
});

describe('a row that the database refuses', () => {
  test('fails its submitter alone; runs beside it are stored', async () => {
    const engine = await engines.start();
    const nodes = [{ id: 'a', uses: 'noop' }];
    const audit = { actor: 'ann', action: 'job.created', subject: '', details: {} };
    const submits = Array.from({ length: 60 }, (_, i) => {
      const bad = [{ name: 'nul \0' }, { priority: 70_000 }, { metadata: { a: '\0' } }][i % 20];
      return engine.engine.submit(testSubmission(nodes, { audit, ...bad }));
    });
    const results = await Promise.allSettled(submits);
    for (const [i, result] of results.entries()) {
      if (i % 20 < 3) {
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'unprocessable' } });
      } else {
        expect(result.status).toBe('fulfilled');
      }
    }
    await eventually(() => engine.engine.health().ownedRuns === 0);
    expect(await engines.ask('select count(*)::int as n from runs')).toEqual([{ n: 51 }]);
    expect(await engines.ask('select count(*)::int as n from audit')).toEqual([{ n: 51 }]);
    expect(engine.engine.health().runningNodes).toBe(0);
  });

  test('of an attempt costs that run an attempt, not its life, and others nothing', async () => {
    const engine = await engines.start();
    const trigger = `create function refuse() returns trigger language plpgsql as $$ begin
        if new.output = '"poison"' then raise exception 'refused' using errcode = '23514'; end if;
        return new; end $$`;
    await engines.ask(trigger);
    await engines.ask(
      'create trigger refusing before insert on attempts for each row execute function refuse()',
    );
    let tries = 0;
    const poisonous = await engines.start({
      actions: { poison: () => ({ status: 'completed', output: tries++ < 1 ? 'poison' : 'fine' }) },
    });
    const poison = await submitted(poisonous, testSubmission([{ id: 'p', uses: 'poison' }]));
    const others = await Promise.all(
      [engine, poisonous].map((one) => submitted(one, testSubmission([{ id: 'a', uses: 'noop' }]))),
    );
    for (const runId of others) expect((await engines.over(runId)).status).toBe('completed');
    expect(await engines.over(poison)).toMatchObject({ status: 'completed' });
    const ends = await engines.attempts(poison);
    expect(ends.map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 'failed'],
      [2, 'completed'],
    ]);
  });
});
