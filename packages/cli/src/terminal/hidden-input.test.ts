import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { askHidden } from './hidden-input.ts';

async function asked(...typed: readonly string[]) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const answer = askHidden(input, output, 'Value: ');
  for (const key of typed) input.write(key);
  const given = await answer;
  output.end();
  return { given, shown: await text(output) };
}

test('what is asked for is shown, and nothing of the answer', async () => {
  expect(await asked('s3cret value\r')).toEqual({ given: 's3cret value', shown: 'Value: \n' });
});

test('a key that takes a character back takes it back', async () => {
  expect((await asked('abcd', '\x7f', 'e', '\r')).given).toBe('abce');
});

test('Ctrl-C and Ctrl-D are no answer', async () => {
  expect((await asked('half', '\x03')).given).toBe('');
  expect((await asked('\x04')).given).toBe('');
});
