/** What the guide of events shows, against a real server. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureIo } from '../test/captured-io.ts';
import { ADMIN_TOKEN, dataFolder, type Served, startServe } from '../test/served.ts';
import { EXIT, runCli } from './index.ts';

const GUIDE = readFileSync(join(import.meta.dirname, '../../../docs/events.md'), 'utf8');
const blocks = (kind: string) =>
  [...GUIDE.matchAll(new RegExp(`\`\`\`${kind}\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text ?? '');

/** Words of a line; single quotes hold together. */
const words = (line: string) =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

describe('the guide of events', () => {
  const data = dataFolder();
  let served: Served;
  let url = '';
  beforeAll(async () => {
    served = startServe(['--port', '0', '--data-dir', data, '--json']);
    url = JSON.parse(await served.firstLine).url;
  });
  afterAll(() => {
    served.child.kill('SIGKILL');
    rmSync(dirname(data), { recursive: true, force: true });
  });

  const tenuto = async (...args: readonly string[]) => {
    const io = captureIo({
      env: { TENUTO_URL: url, TENUTO_TOKEN: ADMIN_TOKEN },
      stdin: 'a secret of 32 random characters',
      now: Date.now,
      sleep: (ms, signal) => sleep(ms, undefined, signal && { signal }),
    });
    const exitCode = await runCli(args, io);
    return { exitCode, out: io.out(), err: io.err() };
  };

  it('shows commands that work', async () => {
    const lines = blocks('sh').flatMap((block) => block.trim().split('\n'));
    expect(lines.length).toBeGreaterThan(9);
    const outs: string[] = [];
    for (const line of lines) {
      const [program, ...args] = words(line);
      expect(program).toBe('tenuto');
      const { exitCode, out, err } = await tenuto(...args);
      expect({ line, exitCode, err }, out).toEqual({ line, exitCode: EXIT.ok, err: '' });
      outs.push(out);
    }
    const all = outs.join('');
    expect(all).toContain('which had been published before');
    expect(all).toContain('{"order":42,"amount":99.5}');
    expect(all).toMatch(/posts to http:\/\/[^/]+\/hooks\/[A-Za-z0-9_-]{22}\n/);
    expect(outs.find((out) => out.startsWith('TOPIC'))).toContain('orders.created  admin  2');
  });

  it('shows a job that waits for a payment and announces it', async () => {
    const [block = ''] = blocks('yaml');
    const path = join(dirname(data), 'order.yaml');
    writeFileSync(path, block);
    const running = tenuto('run', path, '--watch', '--json');
    await expect
      .poll(async () => (await tenuto('jobs', 'ls', '--status', 'running', '--json')).out, {
        timeout: 60_000,
      })
      .toContain('"order"');
    const pay = (amount: number) =>
      tenuto('events', 'publish', 'payments.card', '-p', JSON.stringify({ order: 42, amount }));
    await pay(1);
    await pay(99.5);
    expect((await running).exitCode).toBe(EXIT.ok);
    const { out } = await tenuto('events', 'recent', '-t', 'orders.paid', '--json');
    const [event] = JSON.parse(out).items;
    expect(event).toMatchObject({ origin: 'run', payload: { order: 42 } });
    const replayed = await tenuto('events', 'replay', event.event_id);
    expect(replayed.out).toContain('orders.paid, for 0 tasks');
  });
});
