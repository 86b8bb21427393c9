import type { JsonObject } from '@tenuto/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  callWith,
  errorOf,
  manualClock,
  outputOf,
  type Scratch,
  scratch,
} from './command.fixture.ts';
import { commandRun } from './command-run.ts';
import type { CommandOptions } from './options.ts';

let place: Scratch;
beforeEach(async () => {
  place = await scratch();
});
afterEach(() => place.remove());

const SECRET = 'sesame-4711';

const options = (rest: Partial<CommandOptions> = {}): CommandOptions => ({
  allow: 'any',
  environment: { PATH: process.env.PATH, HOME: '/home/nobody', DATABASE_URL: SECRET },
  clock: manualClock(),
  ...rest,
});

const run = async (parameters: JsonObject, rest: Partial<CommandOptions> = {}) =>
  commandRun(options(rest)).run(callWith(parameters));

describe('a command that ends well', () => {
  it('gives its output, exit code and duration', async () => {
    const command = await place.script('a.mjs', `console.log('out'); console.error('err')`);
    const outcome = await run({ command });
    expect(outcome.status).toBe('completed');
    expect(outputOf(outcome)).toEqual({
      exit_code: 0,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
      stdout_truncated: false,
      duration_ms: expect.any(Number),
    });
  });

  it('gets its arguments as they are, without a shell', async () => {
    const command = await place.script(
      'a.mjs',
      `console.log(JSON.stringify(process.argv.slice(2)))`,
    );
    const hostile = ['$(id)', '; rm -rf *', '`x`', "it's", '', '*', '--flag', 'ünï'];
    const outcome = await run({ command: [...command, ...hostile], output: 'json' });
    expect(outputOf(outcome).json).toEqual(hostile);
  });

  it('reads its standard input to the end', async () => {
    const command = await place.script('a.mjs', `process.stdin.pipe(process.stdout)`);
    const outcome = await run({ command, stdin: `${SECRET}\nünï` });
    expect(outputOf(outcome).stdout).toBe(`${SECRET}\nünï`);
  });

  it('may ignore its standard input', async () => {
    const command = await place.script('a.mjs', `process.exit(0)`);
    expect((await run({ command, stdin: 'x'.repeat(4 << 20) })).status).toBe('completed');
  });

  it('logs whole lines as they come', async () => {
    const command = await place.script(
      'a.mjs',
      `process.stdout.write('one\\ntw'); setTimeout(() => process.stdout.write('o\\nthree'), 20)`,
    );
    const call = callWith({ command });
    await commandRun(options()).run(call);
    const lines = call.logged.flatMap(({ stream, text }) =>
      text.split('\n').map((line) => `${stream}: ${line}`),
    );
    expect(lines).toEqual(['stdout: one', 'stdout: two', 'stdout: three']);
  });

  it('may end with any of the expected exit codes', async () => {
    const command = await place.script('a.mjs', `process.exit(3)`);
    const outcome = await run({ command, expected_exit_codes: [0, 3] });
    expect(outcome.status).toBe('completed');
    expect(outputOf(outcome).exit_code).toBe(3);
  });

  it('keeps no output where none is wanted', async () => {
    const command = await place.script('a.mjs', `console.log('out')`);
    expect(outputOf(await run({ command, output: 'none' })).stdout).toBe('');
  });
});

describe('the kept output', () => {
  it('is the beginning and the end, with what is missing in between counted', async () => {
    const command = await place.script(
      'a.mjs',
      `process.stdout.write('BEGIN' + 'x'.repeat(5_000_000) + 'END')`,
    );
    const output = outputOf(await run({ command, max_output_bytes: 1024 }));
    expect(output.stdout).toMatch(/^BEGINx+\n\[\.\.\. 4998984 bytes cut \.\.\.\]\nx+END$/);
    expect(output.stdout_truncated).toBe(true);
  });

  it('must be whole to be read as JSON', async () => {
    const command = await place.script('a.mjs', `console.log(JSON.stringify('x'.repeat(5000)))`);
    const outcome = await run({ command, output: 'json', max_output_bytes: 1024 });
    expect(errorOf(outcome)).toMatchObject({ type: 'output_too_large' });
    expect(errorOf(outcome).message).toContain('max_output_bytes');
  });

  it('is not quoted when it is no JSON', async () => {
    const command = await place.script('a.mjs', `console.log('${SECRET}')`);
    const outcome = await run({ command, output: 'json' });
    expect(errorOf(outcome).type).toBe('output_not_json');
    expect(errorOf(outcome).message).not.toContain(SECRET);
  });
});

describe('a command that fails', () => {
  it('is told by its exit code and last error lines, with its output', async () => {
    const command = await place.script(
      'a.mjs',
      `for (let i = 1; i <= 20; i++) console.error('line ' + i); process.exitCode = 7`,
    );
    const outcome = await run({ command });
    expect(outcome.status).toBe('failed');
    expect(errorOf(outcome)).toEqual({
      classification: 'unknown',
      type: 'exit_code',
      message: 'The command ended with exit code 7: line 16\nline 17\nline 18\nline 19\nline 20',
      details: { exit_code: 7 },
    });
    expect(outputOf(outcome).exit_code).toBe(7);
  });

  it('is out of resources when somebody else killed it', async () => {
    const command = await place.script('a.mjs', `process.kill(process.pid, 'SIGKILL')`);
    const outcome = await run({ command });
    expect(errorOf(outcome)).toMatchObject({
      classification: 'resource_exhausted',
      type: 'killed',
    });
    expect(outputOf(outcome)).toMatchObject({ exit_code: null, signal: 'SIGKILL' });
  });

  it('is told by any other signal that ended it', async () => {
    const command = await place.script('a.mjs', `process.kill(process.pid, 'SIGUSR2')`);
    expect(errorOf(await run({ command }))).toMatchObject({
      classification: 'unknown',
      type: 'signal',
      details: { signal: 'SIGUSR2' },
    });
  });
});

describe('a program that cannot be started', () => {
  it.each([
    ['is not on the PATH', ['no-such-program-here'], 'command_not_found'],
    ['does not exist', ['./missing'], 'command_not_found'],
    ['is a folder', ['/'], 'command_not_executable'],
    ['has no name', [''], 'command_not_found'],
    ['has NUL in its arguments', ['node', 'a\0b'], 'invalid_parameters'],
  ])('is refused when it %s', async (_why, command, type) => {
    const outcome = await run({ command, cwd: place.folder });
    expect(errorOf(outcome)).toMatchObject({ classification: 'validation', type });
  });

  it('is refused when it is not executable', async () => {
    const file = await place.file('plain', '#!/bin/sh\n', 0o644);
    expect(errorOf(await run({ command: [file] }))).toMatchObject({
      classification: 'validation',
      type: 'command_not_executable',
    });
  });

  it('is refused when its interpreter is missing', async () => {
    const file = await place.file('tool', '#!/no/such/interpreter\n', 0o755);
    expect(errorOf(await run({ command: [file] })).classification).toBe('validation');
  });

  it('is refused when its arguments are too long for the system', async () => {
    const command = await place.script('a.mjs', '');
    const outcome = await run({ command: [...command, 'x'.repeat(8 << 20)] });
    expect(errorOf(outcome)).toMatchObject({
      classification: 'validation',
      type: 'command_too_long',
    });
  });

  it.each([
    [{ command: [] }],
    [{ command: 'ls' }],
    [{ command: ['ls'], shell: true }],
    [{ command: ['ls'], env: { A: 1 } }],
    [{ command: ['ls'], max_output_bytes: 1e12 }],
    [{ command: ['ls'], expected_exit_codes: [] }],
  ])('is refused with parameters such as %j', async (parameters) => {
    expect(errorOf(await run(parameters)).type).toBe('invalid_parameters');
  });
});
