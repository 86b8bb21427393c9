import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../../test/embedded.ts';
import { isAlive, mayServe, startTime } from './process-probe.ts';

async function sleeper(cwd = '/') {
  const child = spawn('sleep', ['600'], { cwd, stdio: 'ignore' });
  await once(child, 'spawn');
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, pid: child.pid ?? 0 };
}

test('a process is alive until it has ended', async () => {
  const { child, pid } = await sleeper();
  expect(await isAlive(pid)).toBe(true);
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  expect(await isAlive(pid)).toBe(false);
});

test.skipIf(process.platform !== 'linux')('a zombie is not alive', async () => {
  // The shell's child ends once the shell has become `sleep`, which does not wait for it.
  const child = 'until grep -q sleep /proc/$PPID/comm; do :; done';
  const script = `sh -c '${child}' & echo $!; exec sleep 600`;
  const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line] = await once(parent.stdout, 'data');
  const zombie = Number(String(line));
  await vi.waitUntil(async () => !(await isAlive(zombie)), { timeout: 50_000 });
  process.kill(zombie, 0);
});

test('the start time stays the same, and tells processes apart', async () => {
  const { pid } = await sleeper();
  const own = await startTime(process.pid);
  expect(own).toBeDefined();
  expect(await startTime(process.pid)).toBe(own);
  expect(await startTime(pid)).not.toBe(own);
});

test('a process that does not exist has no start time', async () => {
  expect(await startTime(2 ** 30)).toBeUndefined();
});

describe.skipIf(process.platform !== 'linux')('which process may serve a folder', () => {
  test('is told by where it works', async () => {
    const folder = await realpath(await temporaryFolder());
    const { pid } = await sleeper(folder);
    expect(await mayServe(pid, folder)).toBe(true);
    expect(await mayServe(process.pid, folder)).toBe(false);
  });

  test('is left open when it cannot be known', async () => {
    expect(await mayServe(2 ** 30, '/')).toBe(true);
  });
});
