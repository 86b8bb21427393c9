import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { promptFinder, readFolders } from './agent-files.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenuto-prompts-'));
  await mkdir(join(folder, 'prompts', 'web'), { recursive: true });
  await writeFile(join(folder, 'secret.md'), 'secret');
  await writeFile(join(folder, 'prompts', 'planner.md'), 'You plan.');
  await writeFile(join(folder, 'prompts', 'web', 'tester.md'), 'You test.');
  await symlink(join(folder, 'secret.md'), join(folder, 'prompts', 'link.md'));
  return () => rm(folder, { recursive: true, force: true });
});

describe('a system prompt', () => {
  const find = (name: string) =>
    promptFinder([join(folder, 'none'), join(folder, 'prompts')])(name);

  it.each([
    ['planner', 'You plan.'],
    ['planner.md', 'You plan.'],
    ['web/tester', 'You test.'],
  ])('is found by its name: %s', async (name, text) => {
    expect(await find(name)).toBe(text);
  });

  it.each([
    '../secret.md',
    'web/../../secret',
    'link',
    '/etc/passwd',
    'planner.md\0',
    'web',
    '',
    '.',
    'a//b',
    '..',
  ])('is not found outside of its folder: %j', async (name) => {
    expect(await find(name)).toBeUndefined();
  });
});

it('files of several folders are read in their order', async () => {
  const more = await mkdtemp(join(tmpdir(), 'tenuto-scripts-'));
  onTestFinished(() => rm(more, { recursive: true, force: true }));
  await writeFile(join(more, 'b.yaml'), 'name: b');
  await writeFile(join(more, 'a.json'), '{"name": "a"}');
  await writeFile(join(more, 'notes.txt'), 'no');
  const files = await readFolders([more]);
  expect(files.map(({ content }) => content)).toEqual([{ name: 'a' }, { name: 'b' }]);
});
