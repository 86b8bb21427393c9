import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
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

describe('the allowed programs', () => {
  it('are none by default of the operator', async () => {
    const error = errorOf(await run({ command: ['node', '-v'] }, { allow: 'none' }));
    expect(error).toMatchObject({ classification: 'validation', type: 'command_not_allowed' });
    expect(error.message).toContain('TENUTO_ALLOW_COMMANDS');
  });

  it.each([
    ['a bare name by its bare name', ['tool'], 'tool', true],
    ['a path by its path', ['BIN/tool'], 'BIN/tool', true],
    ['a path written in another way', ['BIN/tool'], 'BIN/../bin/tool', true],
    ['a relative path to a listed file', ['BIN/tool'], '../bin/tool', true],
    ['a bare name that leads to a listed file', ['BIN/tool'], 'tool', true],
    ['no path by a bare name', ['tool'], 'BIN/tool', false],
    ['no program of that name elsewhere', ['tool'], './tool', false],
    ['no other program', ['tool'], 'other', false],
    ['no other path', ['BIN/tool'], 'BIN/other', false],
    ['nothing by an empty list', [], 'tool', false],
  ])('list allows %s', async (_what, allow, program, allowed) => {
    const bin = join(place.folder, 'bin');
    const work = join(place.folder, 'work');
    await mkdir(bin);
    await mkdir(work);
    for (const name of ['bin/tool', 'bin/other', 'work/tool']) {
      await place.file(name, '#!/bin/sh\necho ran\n', 0o755);
    }
    const inBin = (text: string) => text.replace(/^BIN/, bin);
    const outcome = await run(
      // A PATH of the command's own must not decide what is started.
      { command: [inBin(program)], cwd: work, env: { PATH: work } },
      { allow: allow.map(inBin), environment: { PATH: `relative::${bin}` } },
    );
    if (allowed) expect(outputOf(outcome).stdout).toBe('ran\n');
    else expect(errorOf(outcome).type).toBe('command_not_allowed');
  });

  it('cannot be made to load other code by a variable', async () => {
    const parameters = { command: ['true'], env: { LD_PRELOAD: '/tmp/evil.so' } };
    const error = errorOf(await run(parameters, { allow: ['true'] }));
    expect(error.type).toBe('command_not_allowed');
    expect(error.message).not.toContain('evil');
    expect((await run({ command: ['true'], env: { LD_X: '1' } })).status).toBe('completed');
  });
});

describe('the environment', () => {
  const printEnvironment = `console.log(JSON.stringify(process.env))`;

  it('is what the operator lets through and nothing else', async () => {
    const command = await place.script('a.mjs', printEnvironment);
    const outcome = await run({ command, output: 'json' });
    expect(outputOf(outcome).json).toEqual({ PATH: process.env.PATH, HOME: '/home/nobody' });
    expect(JSON.stringify(outcome)).not.toContain(SECRET);
  });

  it('can be widened by the operator and by the command', async () => {
    const command = await place.script('a.mjs', printEnvironment);
    const outcome = await run(
      { command, output: 'json', env: { MINE: 'a=b', HOME: '/mine' } },
      { envAllow: ['HOME', 'DATABASE_URL'] },
    );
    expect(outputOf(outcome).json).toEqual({ MINE: 'a=b', HOME: '/mine', DATABASE_URL: SECRET });
  });

  it.each([
    { '': SECRET },
    { 'A=B': SECRET },
    { 'A\0': SECRET },
    { A: `${SECRET}\0` },
  ])('cannot have a variable that no system can pass', async (env) => {
    const error = errorOf(await run({ command: ['true'], env }));
    expect(error).toMatchObject({ classification: 'validation', type: 'invalid_environment' });
    expect(error.message).not.toContain(SECRET);
  });

  it('and the standard input stay out of errors and logs', async () => {
    const command = await place.script('a.mjs', `process.exit(1)`);
    const call = callWith({ command, env: { TOKEN: SECRET }, stdin: SECRET });
    const outcome = await commandRun(options()).run(call);
    expect(JSON.stringify([outcome, call.logged])).not.toContain(SECRET);
  });
});

describe('the working folder', () => {
  const where = ['node', '-p', 'process.cwd()'];

  it('is the root where none is given, and relative to it', async () => {
    await mkdir(join(place.folder, 'sub'));
    const at = async (parameters: JsonObject) =>
      outputOf(await run({ command: where, ...parameters }, { root: place.folder })).stdout;
    expect(await at({})).toBe(`${place.folder}\n`);
    expect(await at({ cwd: 'sub' })).toBe(`${place.folder}/sub\n`);
    expect(await at({ cwd: `${place.folder}/sub/../sub` })).toBe(`${place.folder}/sub\n`);
  });

  it('may have a name that only looks like a way out', async () => {
    await mkdir(join(place.folder, '..sub'));
    const outcome = await run({ command: where, cwd: '..sub' }, { root: place.folder });
    expect(outputOf(outcome).stdout).toBe(`${place.folder}/..sub\n`);
  });

  it('must not leave the root', async () => {
    const root = join(place.folder, 'root');
    await mkdir(root);
    await mkdir(join(place.folder, 'root-beside'));
    await symlink(place.folder, join(root, 'link'));
    await symlink('..', join(root, 'up'));
    for (const cwd of ['..', '/', 'link', 'up', 'link/root-beside', '../root-beside']) {
      expect(errorOf(await run({ command: where, cwd }, { root })), cwd).toMatchObject({
        classification: 'validation',
        type: 'folder_not_allowed',
      });
    }
  });

  it('must exist, be a folder and have a name that can exist', async () => {
    const file = await place.file('file', '');
    await symlink('loop', join(place.folder, 'loop'));
    for (const cwd of ['missing', file, 'loop', 'a\0b']) {
      expect(errorOf(await run({ command: where, cwd }, { root: place.folder })).type).toBe(
        'invalid_folder',
      );
    }
  });

  it('may be any existing one without a root', async () => {
    const outcome = await run({ command: where, cwd: place.folder });
    expect(outputOf(outcome).stdout).toBe(`${place.folder}\n`);
  });
});
