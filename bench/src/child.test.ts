import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { withFolder } from './bench-store.ts';
import { readNumbers, runChild } from './child.ts';

function runText(text: string, run: Parameters<typeof runChild>[1]): Promise<string> {
  return withFolder(async (folder) => {
    const file = join(folder, 'child.mjs');
    await writeFile(file, text);
    return runChild(pathToFileURL(file), run);
  });
}

describe('a child', () => {
  test('gets options, arguments and an environment, and gives back what it writes', async () => {
    const text = `process.stdout.write(
      [process.argv[2], process.env.BENCH_WORD, typeof gc, typeof process.env.PATH].join(' '))`;
    const environment = { BENCH_WORD: 'hello' };
    const run = { nodeOptions: ['--expose-gc'], arguments: ['a'], environment };
    expect(await runText(text, run)).toBe('a hello function string');
  });

  test('that fails says so', async () => {
    await expect(runText('process.exit(3)', { arguments: [] })).rejects.toThrow('ended with 3');
  });
});

describe('the numbers of a child', () => {
  test('are read by name', () => {
    expect(readNumbers('{"a":1,"b":2.5}')).toEqual({ a: 1, b: 2.5 });
  });

  test.each(['', 'null', '1', '{"a":"1"}', '{"a":null}'])('are not in %j', (text) => {
    expect(() => readNumbers(text)).toThrow();
  });
});
