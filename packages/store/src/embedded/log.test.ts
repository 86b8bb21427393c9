import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createServerLog, type Logger } from './log.ts';

function levels(): { readonly logger: Logger; readonly calls: string[] } {
  const calls: string[] = [];
  const at = (level: string) => (details: object, message: string) =>
    void calls.push(`${level} ${message} ${JSON.stringify(details)}`);
  return {
    calls,
    logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
  };
}

async function written(text: string) {
  const { logger, calls } = levels();
  const log = createServerLog(logger);
  const stream = new PassThrough();
  log.follow(stream);
  for (const byte of Buffer.from(text)) stream.write(Buffer.from([byte]));
  stream.end();
  await once(stream, 'end');
  return { calls, log };
}

test('each line is logged at the level that it means for us, however it arrives', async () => {
  const { calls } = await written(
    'LOG:  started\nERROR:  relation "größe" does not exist\nWARNING:  careful\nFATAL:  no\nPANIC:  out\n',
  );
  const source = '{"source":"postgres"}';
  expect(calls).toEqual([
    `debug LOG:  started ${source}`,
    `debug ERROR:  relation "größe" does not exist ${source}`,
    `warn WARNING:  careful ${source}`,
    `warn FATAL:  no ${source}`,
    `error PANIC:  out ${source}`,
  ]);
});

test('a line without an end or a severity is not lost', async () => {
  const { calls, log } = await written('postgres: could not load a library');
  expect(calls).toEqual(['debug postgres: could not load a library {"source":"postgres"}']);
  expect(log.complaints()).toBe('postgres: could not load a library');
});

test('complaints are the newest lines that are not a matter of course', async () => {
  const lines = Array.from({ length: 30 }, (_, n) => `FATAL:  ${n}\nLOG:  ${n}\n`).join('');
  const { log } = await written(lines);
  const kept = log.complaints().split(' / ');
  expect(kept).toHaveLength(20);
  expect(kept.at(0)).toBe('FATAL:  10');
  expect(kept.at(-1)).toBe('FATAL:  29');
});
