import { expect, it } from 'vitest';
import { runNode } from './command.ts';

it('keeps what the program wrote to either stream', async () => {
  const code = "console.log('out'); console.error('err'); process.exitCode = 3;";
  const { exitCode, output } = await runNode(['-e', code]);
  expect(exitCode).toBe(3);
  expect(output.split('\n').toSorted()).toEqual(['', 'err', 'out']);
});

it('counts an end by a signal as a failure', async () => {
  expect((await runNode(['-e', "process.kill(process.pid, 'SIGKILL')"])).exitCode).toBe(1);
});

it('leaves nothing on the standard input to wait for', async () => {
  expect((await runNode(['-e', 'process.stdin.resume()'])).exitCode).toBe(0);
});

it('passes a request to end on to the program and takes its listeners back', async () => {
  const before = process.listenerCount('SIGTERM');
  const code = "process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000);";
  const ready = "process.kill(process.ppid, 'SIGTERM');";
  expect((await runNode(['-e', code + ready])).exitCode).toBe(7);
  expect(process.listenerCount('SIGTERM')).toBe(before);
});
