import { chmod, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratch } from './command.fixture.ts';
import type { AllowedCommands } from './options.ts';
import { findProgram } from './program.ts';

let place: Scratch;
let first: string;
let second: string;
beforeEach(async () => {
  place = await scratch();
  first = join(place.folder, 'first');
  second = join(place.folder, 'second');
  await mkdir(first);
  await mkdir(second);
  await place.file('second/tool', '', 0o755);
});
afterEach(() => place.remove());

const find = (name: string, allow: AllowedCommands = 'any', path = `${first}:${second}`) =>
  findProgram(name, { allow, path, cwd: place.folder });

describe('a bare name', () => {
  it('is the first executable file on the PATH', async () => {
    expect(await find('tool')).toBe(join(second, 'tool'));
    await place.file('first/tool', '', 0o755);
    expect(await find('tool')).toBe(join(first, 'tool'));
  });

  it('is not a file that cannot be executed, nor a folder', async () => {
    await place.file('first/tool', '', 0o644);
    expect(await find('tool')).toBe(join(second, 'tool'));
    await mkdir(join(first, 'other'));
    await expect(find('other')).rejects.toMatchObject({ type: 'command_not_found' });
  });

  it('may be a link, and is started under its own name', async () => {
    await symlink(join(second, 'tool'), join(first, 'alias'));
    expect(await find('alias', ['alias'])).toBe(join(first, 'alias'));
  });

  it('is not looked for in the working folder, whatever the PATH holds', async () => {
    await place.file('here', '', 0o755);
    for (const path of ['', '.', ':', '..', 'first', undefined]) {
      const search = { allow: 'any', path, cwd: place.folder } as const;
      await expect(findProgram('here', search)).rejects.toMatchObject({
        type: 'command_not_found',
      });
    }
  });

  it.each(['.', '..', ''])('is never %j', async (name) => {
    await expect(find(name)).rejects.toMatchObject({ type: 'command_not_found' });
  });
});

describe('a path', () => {
  it('is taken from the working folder', async () => {
    expect(await find('second/tool')).toBe(join(second, 'tool'));
    expect(await find('./second/../second/tool')).toBe(join(second, 'tool'));
  });

  it('must be an executable file', async () => {
    await chmod(join(second, 'tool'), 0o644);
    await expect(find('second/tool')).rejects.toMatchObject({ type: 'command_not_executable' });
    await expect(find('second/')).rejects.toMatchObject({ type: 'command_not_executable' });
    await expect(find('./none')).rejects.toMatchObject({ type: 'command_not_found' });
  });

  it('is refused alike whether it exists or not, when it is not on the list', async () => {
    const refusals = ['second/tool', 'second/none'].map((name) =>
      find(name, ['tool']).catch((error: Error) => error.message.replace(name, 'X')),
    );
    const [existing, missing] = await Promise.all(refusals);
    expect(existing).toBe(missing);
  });

  it('is not allowed by a link that leads to a listed file', async () => {
    await symlink(join(second, 'tool'), join(place.folder, 'link'));
    await expect(find('./link', [join(second, 'tool')])).rejects.toMatchObject({
      type: 'command_not_allowed',
    });
  });
});

describe('a list', () => {
  it('allows nothing by a relative path, which could be anything', async () => {
    await expect(find('second/tool', ['second/tool'])).rejects.toMatchObject({
      type: 'command_not_allowed',
    });
  });

  it('that is empty, and no list, allow nothing', async () => {
    for (const allow of [[], 'none'] as const) {
      await expect(find('tool', allow)).rejects.toMatchObject({ type: 'command_not_allowed' });
    }
  });

  it('refuses unknown names like known ones', async () => {
    const refusals = ['tool', 'none'].map((name) =>
      find(name, ['other']).catch((error: Error) => error.message.replace(name, 'X')),
    );
    const [existing, missing] = await Promise.all(refusals);
    expect(existing).toBe(missing);
  });
});
