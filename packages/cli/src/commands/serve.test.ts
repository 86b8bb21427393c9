import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureIo } from '../../test/captured-io.ts';
import { ADMIN_TOKEN, dataFolder, type Served, startServe } from '../../test/served.ts';
import { EXIT, runCli } from '../index.ts';

const examples = join(import.meta.dirname, '../../../../examples');

describe('serve', () => {
  const data = dataFolder();
  let served: Served;
  let url = '';

  beforeAll(async () => {
    const flags = ['--port', '0', '--allow-commands', 'node', '--http-allow', '127.0.0.1'];
    served = startServe([...flags, '--data-dir', data, '--json']);
    url = JSON.parse(await served.firstLine).url;
  });
  afterAll(() => {
    served.child.kill('SIGKILL');
    rmSync(dirname(data), { recursive: true, force: true });
  });

  const tenuto = async (...args: readonly string[]) => {
    const { setTimeout: sleep } = await import('node:timers/promises');
    const io = captureIo({
      env: { TENUTO_URL: url, TENUTO_TOKEN: ADMIN_TOKEN },
      now: Date.now,
      sleep: (ms, signal) => sleep(ms, undefined, signal && { signal }),
    });
    const exitCode = await runCli(args, io);
    return { exitCode, out: io.out(), err: io.err() };
  };

  it('takes the test catalogue of the examples', async () => {
    const { out } = await tenuto(
      ...['tests', 'catalogue', 'put', join(examples, 'tests/catalogue.yaml')],
    );
    expect(out).toBe('suite shop is registered\ncase prices is registered\n');
  });

  it('is a server that is well', async () => {
    const { exitCode, out } = await tenuto('health');
    expect(exitCode).toBe(EXIT.ok);
    expect(out).toContain(`${url} is ok`);
    expect(out).toContain('You are admin.');
  });

  it.each([
    ['hello.yaml', ['-p', 'name=Ada'], 'repeat'],
    ['fan-out.yaml', ['-p', 'sizes=[3, 5, 8]'], 'area[2]'],
    ['condition.yaml', ['-p', 'passed=80'], 'hold-back'],
    ['retry.yaml', [], 'tell'],
    ['http.yaml', ['-p', 'url=URL/health/live'], 'judge'],
    ['tests.yaml', [], '2 passed'],
    ['test-suite.yaml', [], '3 passed'],
    ['recovery.yaml', [], 'tell'],
    ['saga.yaml', [], 'tell'],
    ['signal.yaml', [], 'tell'],
  ])('runs the example %s to its end', async (name, args, said) => {
    const path = join(examples, name);
    const given = args.map((arg) => arg.replace('URL', url));
    const { exitCode, out, err } = await tenuto('run', path, '--watch', ...given);
    expect({ exitCode, err }, out).toEqual({ exitCode: EXIT.ok, err: '' });
    expect(out).toContain(said);
  });

  it('runs the example of a stored policy under it, and tells how well it works', async () => {
    const policy = join(examples, 'retry-policies/import.yaml');
    expect((await tenuto('retry-policies', 'create', policy)).exitCode).toBe(EXIT.ok);
    const ran = await tenuto('run', join(examples, 'retry-policy.yaml'), '--watch');
    expect({ exitCode: ran.exitCode, err: ran.err }, ran.out).toEqual({
      exitCode: EXIT.ok,
      err: '',
    });
    const shown = await tenuto('retry-policies', 'show', 'import', '--json');
    expect(JSON.parse(shown.out)).toMatchObject({
      success_rate: 1,
      counts: { runs: 1, nodes: 3, completed: 3, retried: 1, recovered: 1 },
    });
    const jobs = await tenuto('jobs', 'ls', '--name', 'retry-policy', '--json');
    expect(JSON.parse(jobs.out).items[0].retry_policies).toMatchObject([
      { version: 1, used_by: 'job_type' },
    ]);
    expect((await tenuto('retry-policies', 'rm', 'import')).exitCode).toBe(EXIT.ok);
  });

  it('takes what the guide of retries shows', async () => {
    const guide = readFileSync(join(examples, '../docs/retries.md'), 'utf8');
    const blocks = [...guide.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text ?? '');
    expect(blocks).toHaveLength(3);
    for (const [i, block] of blocks.entries()) {
      const path = join(dirname(data), `guide-${i}.yaml`);
      writeFileSync(path, block);
      const command = /^nodes:/m.test(block) ? ['validate'] : ['retry-policies', 'create'];
      const { exitCode, out, err } = await tenuto(...command, path);
      expect({ exitCode, err }, out).toEqual({ exitCode: EXIT.ok, err: '' });
    }
  });

  it('takes every example in a dry run', async () => {
    const names = [
      ...['hello', 'fan-out', 'condition', 'retry', 'retry-policy', 'http', 'tests', 'test-suite'],
      ...['recovery', 'saga', 'signal'],
    ];
    for (const name of names) {
      const { out, exitCode } = await tenuto('validate', join(examples, `${name}.yaml`));
      expect(exitCode, out).toBe(EXIT.ok);
      expect(out).toContain('is valid');
    }
  });

  it('has a store in which the doctor finds nothing, whatever it ran', async () => {
    const { exitCode, out } = await tenuto('doctor', '--deep');
    expect(exitCode, out).toBe(EXIT.ok);
    expect(out).toContain('0 with errors, 0 with warnings.');
    const repair = await tenuto('doctor', '--repair');
    expect(repair).toMatchObject({ exitCode: EXIT.ok, err: '' });
    expect(repair.out).toContain('Nothing was to be repaired.');
  });

  it('shows what it ran', async () => {
    const { out } = await tenuto('jobs', 'ls', '--name', 'retry', '-s', 'completed', '--json');
    const [job] = JSON.parse(out).items;
    const logs = await tenuto('jobs', 'logs', job.job_id, 'call-service');
    expect(logs.out).toContain('The service answered.');
    const nodes = await tenuto('jobs', 'nodes', job.job_id);
    expect(nodes.out).toMatch(/call-service +✓ completed/);
    const history = await tenuto('jobs', 'history', job.job_id);
    expect(history.out).toContain('running → completed');
    expect((await tenuto('jobs', 'get', job.job_id)).out).toContain('100% of 3 nodes');
    expect((await tenuto('jobs', 'cancel', job.job_id)).exitCode).toBe(EXIT.conflict);
  });

  it('tells what the example of recovery did, and what it asked', async () => {
    const { out } = await tenuto('jobs', 'ls', '--name', 'recovery', '--json');
    const [{ job_id: jobId }] = JSON.parse(out).items;
    const recoveries = await tenuto('recoveries', 'ls', '--job', jobId, '--json');
    const done = JSON.parse(recoveries.out).items.map(
      ({ node_id, action }: { node_id: string; action: string }) => `${node_id} ${action}`,
    );
    expect(done.sort()).toEqual([
      'chart skip_node',
      'prices fallback_strategy',
      'publish escalate_manual',
      'publish skip_node',
    ]);
    const asked = await tenuto('interventions', 'ls', '--all', '--job', jobId);
    expect(asked.out).toMatch(/publish +expired +deadline/);
    const why = await tenuto('explain', jobId);
    expect(why.out).toContain('The run has completed.');
  });

  it('undoes the steps of the saga, newest first', async () => {
    const { out } = await tenuto('jobs', 'ls', '--name', 'saga', '--json');
    const [{ job_id: jobId }] = JSON.parse(out).items;
    const nodes = await tenuto('jobs', 'nodes', jobId, '--json');
    const flight = JSON.parse(nodes.out).items.find(
      ({ node_id }: { node_id: string }) => node_id === 'flight',
    );
    expect(flight).toMatchObject({ status: 'completed', kind: 'work', output: 'seat 12A' });
    expect(flight.generation).toBeGreaterThan(0);
    const history = await tenuto('jobs', 'history', jobId);
    expect(history.out).toContain('running → recovering');
  });

  it('takes a signal, a pause and a resume from the command line', async () => {
    const file = join(examples, 'signal.yaml');
    const { out } = await tenuto('run', file, '-p', 'patience_seconds=600', '--json');
    const { job_id: jobId } = JSON.parse(out);
    expect((await tenuto('jobs', 'pause', jobId, '-r', 'lunch')).out).toContain('‖ paused');
    expect((await tenuto('explain', jobId)).out).toContain('The run is paused by admin: lunch');
    expect((await tenuto('jobs', 'retry', jobId)).exitCode).toBe(EXIT.conflict);
    expect((await tenuto('jobs', 'resume', jobId)).exitCode).toBe(EXIT.ok);
    expect((await tenuto('explain', jobId)).out).toContain('It waits for the signal "approved"');
    await tenuto('jobs', 'signal', jobId, 'approved', '{"by":"Ada"}');
    const watched = await tenuto('jobs', 'watch', jobId);
    expect(watched.exitCode).toBe(EXIT.ok);
    const job = JSON.parse((await tenuto('jobs', 'get', jobId, '--json')).out);
    expect(job.execution_results).toEqual({ tell: 'Approved by Ada.' });
  });

  it('changes many jobs at once, after it has said what it would do', async () => {
    const file = join(examples, 'signal.yaml');
    for (const name of ['many 1', 'many 2']) {
      await tenuto('run', file, '-p', 'patience_seconds=600', '-n', name);
    }
    const dry = await tenuto('bulk', 'cancel', '--name', 'many*');
    expect(dry.out).toContain('2 match; cancel would leave: 2 asked');
    const done = await tenuto('bulk', 'cancel', '--name', 'many*', '--yes');
    expect([done.exitCode, done.out]).toEqual([EXIT.ok, '2 match; cancel: 2 asked\n']);
  });

  it('stops in order when it is told to', async () => {
    served.child.kill('SIGTERM');
    const { code, out } = await served.ended;
    expect(code).toBe(EXIT.ok);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).type),
    ).toEqual(['started', 'stopped']);
  });
});

describe('a server that cannot start', () => {
  it.each([
    [['--port', 'eighty'], '--port (PORT) must be a whole number from 0 to 65535.'],
    [['--log-level', 'loud'], '--log-level (LOG_LEVEL) must be one of'],
    [['--database-url', 'mysql://x'], '--database-url (DATABASE_URL) must begin with postgres://.'],
  ])('for %j says which flag is wrong', async (args, said) => {
    const { code, out, err } = await startServe(args).ended;
    expect([code, out]).toEqual([EXIT.usage, '']);
    expect(err).toContain(said);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('for its port says so', async () => {
    const data = dataFolder();
    const taken = await listen();
    const { code, err } = await startServe(['--port', String(taken.port), '--data-dir', data])
      .ended;
    taken.server.close();
    rmSync(dirname(data), { recursive: true, force: true });
    expect(code).toBe(EXIT.usage);
    expect(err).toContain('The port is taken');
  });
});

async function listen(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return { server, port: address.port };
}
