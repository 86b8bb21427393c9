import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureIo } from '../../test/captured-io.ts';
import { ADMIN_TOKEN, dataFolder, type Served, startServe } from '../../test/served.ts';
import { EXIT, runCli } from '../index.ts';

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

async function tenuto(...args: readonly string[]) {
  const io = captureIo({ env: { TENUTO_URL: url, TENUTO_TOKEN: ADMIN_TOKEN } });
  const exitCode = await runCli(args, io);
  return { exitCode, out: io.out(), err: io.err() };
}

describe('teams', () => {
  it('are made, and their members come and go', async () => {
    const made = await tenuto(
      'teams',
      'create',
      'checkout',
      '--member',
      'user:ana',
      '-d',
      'a shop',
    );
    expect(made).toMatchObject({ exitCode: EXIT.ok, err: '' });
    expect(made.out).toContain('  owns as    team:checkout\n  about      a shop\n');
    const more = await tenuto('teams', 'add', 'checkout', 'user:ben', 'agent:deployer', 'user:ana');
    expect(more.out).toContain('  members    agent:deployer user:ana user:ben\n');
    const less = await tenuto('teams', 'drop', 'checkout', 'user:ben');
    expect(less.out).toContain('  about      a shop\n  members    agent:deployer user:ana\n');
    expect((await tenuto('teams', 'ls')).out).toMatch(/checkout +team:checkout +2 +a shop/);
    expect((await tenuto('teams', 'rm', 'CHECKOUT')).out).toBe('Deleted checkout.\n');
  });

  it('that are not there are said not to be', async () => {
    const { exitCode, err } = await tenuto('teams', 'show', 'nobody');
    expect(exitCode).not.toBe(EXIT.ok);
    expect(err).toContain('There is no team "nobody"');
  });
});

describe('quotas', () => {
  it('keep the limits that are not named, and lose those that are none', async () => {
    const first = await tenuto(
      ...['quotas', 'set', 'agent:deployer', '--runs-per-day', '500', '--usd-per-day', '2.5'],
    );
    expect(first.out).toBe(
      'agent:deployer may have\n  runs per day       500\n  usd per day        2.5\n',
    );
    const second = await tenuto(
      ...['quotas', 'set', 'agent:deployer', '--runs-per-day', 'none', '--runs-at-once', '3'],
    );
    expect(second.out).toBe(
      'agent:deployer may have\n  concurrent runs    3\n  usd per day        2.5\n',
    );
    expect((await tenuto('quotas', 'ls')).out).toMatch(/agent:deployer +3 +2\.5/);
    await tenuto('quotas', 'rm', 'agent:deployer');
    expect((await tenuto('quotas', 'ls')).out).toBe('Nothing found.\n');
  });

  it('say what one may have, and has', async () => {
    await tenuto('quotas', 'set', 'admin', '--runs-per-day', '9');
    const { out } = await tenuto('quotas', 'me');
    expect(out).toContain('admin has\n  runs today         0 of 9\n');
    expect(out).toContain('  usd today          0 of any number\n');
    expect((await tenuto('quotas', 'use', 'admin')).out).toBe(out);
    expect((await tenuto('quotas', 'use', 'user:ana')).out).toContain('user:ana has\n');
  });

  it.each([
    [['quotas', 'set', 'admin'], 'Say which limit to set'],
    [['quotas', 'set', 'admin', '--runs-per-day', '1.5'], '--runs-per-day is a number, or none'],
  ])('are refused when they make no sense: %s', async (args, said) => {
    const { exitCode, err } = await tenuto(...args);
    expect(exitCode).toBe(EXIT.usage);
    expect(err).toContain(said);
  });
});

describe('budgets', () => {
  it('are set, changed without losing the rest, and deleted', async () => {
    const set = ['budgets', 'set', 'profile', 'web_application'];
    const made = await tenuto(...set, '100', '--then', 'stop', '--warn-at', '90');
    expect(made.out).toBe(
      'All runs of the profile web_application: $0.00 of $100.00 spent; then: stop\n',
    );
    const raised = await tenuto(...set, '150', '--json');
    expect(JSON.parse(raised.out)).toMatchObject({ usd: 150, warn_at: 0.9, on_crossing: 'stop' });
    expect((await tenuto('budgets', 'ls')).out).toMatch(/profile +web_application .*\$150\.00/);
    const { exitCode } = await tenuto('budgets', 'rm', 'profile', 'web_application');
    expect(exitCode).toBe(EXIT.ok);
    const again = await tenuto('budgets', 'rm', 'profile', 'web_application');
    expect(again.err).toContain('has no budget of yours');
  });

  it.each([
    [['budgets', 'set', 'day', 'today', '5'], 'A budget is of a task or a profile'],
    [['budgets', 'set', 'profile', 'web_application', '5', '--then', 'cry'], '--then is pause'],
  ])('are refused when they make no sense: %s', async (args, said) => {
    const { exitCode, err } = await tenuto(...args);
    expect(exitCode).toBe(EXIT.usage);
    expect(err).toContain(said);
  });
});
