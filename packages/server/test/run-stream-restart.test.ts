/** Those who follow a run through the death of its server miss nothing, and all see the same. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { RunFeedEntry } from '@tenuto/contract';
import { createClient } from '@tenuto/sdk';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { ADMIN_TOKEN } from './faults/server-process.ts';
import { followEvents, followSocket, numbersOf, upTo } from './run-stream.fixture.ts';
import { type Served, startServed } from './served.ts';

const NODES = 8;
const LINES = 10;
const MAIN = join(import.meta.dirname, '../../cli/src/main.ts');

const nodes = Array.from({ length: NODES }, (_, i) => ({
  id: `n${i}`,
  uses: 'command.run',
  with: {
    command: [
      '/bin/sh',
      '-c',
      `for i in $(seq ${LINES}); do echo "n${i} says $i"; sleep 0.03; done`,
    ],
  },
  ...(i > 1 && { needs: [`n${i - 2}`] }),
}));

/** Follows over WebSockets, each behind where the one before broke off, until the end is told. */
async function socketToTheEnd(served: Served, runId: string): Promise<RunFeedEntry[]> {
  const entries: RunFeedEntry[] = [];
  for (;;) {
    const socket = followSocket(served.url(), runId, {
      token: ADMIN_TOKEN,
      after: entries.length,
    });
    await socket.ended;
    entries.push(...socket.entries);
    if (socket.closed?.reason === 'ended') return entries;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function eventsToTheEnd(served: Served, runId: string): Promise<RunFeedEntry[]> {
  const entries: RunFeedEntry[] = [];
  const client = createClient({ baseUrl: served.url(), token: ADMIN_TOKEN });
  for await (const message of client.runs.follow(runId)) {
    if (message.type !== 'progress') entries.push(message);
  }
  return entries;
}

/** `tenuto run follow` in a process of its own, on one address. */
async function commandToTheEnd(served: Served, runId: string) {
  const args = [MAIN, '--url', served.url(), '--token', ADMIN_TOKEN, '--json'];
  const child = spawn(process.execPath, [...args, 'run', 'follow', runId], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const [code] = await once(child, 'close');
  const messages = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { code, err, entries: messages.filter(({ type }) => type !== 'progress') };
}

async function rowsOf({ database }: Served, text: string, runId: string) {
  const client = new pg.Client({ ...database.connection });
  await client.connect();
  try {
    return (await client.query(text, [runId])).rows;
  } finally {
    await client.end();
  }
}

it('misses nothing through a kill -9 of the server, however it is followed', async () => {
  const served = await startServed();
  onTestFinished(() => served.close());
  const runId = await served.submit(nodes);
  const followers = [
    socketToTheEnd(served, runId),
    socketToTheEnd(served, runId),
    eventsToTheEnd(served, runId),
  ];
  const command = commandToTheEnd(served, runId);
  const lines = async () =>
    (await rowsOf(served, 'select 1 from node_logs where run_id = $1', runId)).length;
  await expect.poll(lines, { timeout: 60_000, interval: 20 }).toBeGreaterThan(2 * LINES);
  const { port } = new URL(served.url());
  await served.restart({ PORT: port });
  await served.ended(runId);
  const [first = [], ...others] = await Promise.all(followers);
  const shown = await command;

  expect(first.map(({ seq }) => seq)).toEqual(upTo(first.length));
  for (const other of others) expect(other).toEqual(first);
  expect([shown.code, shown.entries]).toEqual([0, first]);

  const late = followEvents(served.url(), runId, { token: ADMIN_TOKEN });
  await late.ended;
  expect(late.entries).toEqual(first);
  expect(numbersOf(late).at(-1)).toBe(first.length);

  // All that the database knows of the run has been told, once.
  const logged = await rowsOf(
    served,
    'select node, attempt, seq, text from node_logs where run_id = $1',
    runId,
  );
  const told = first.flatMap((entry) =>
    entry.type === 'log' ? [`${entry.node_id} ${entry.attempt} ${entry.line} ${entry.text}`] : [],
  );
  const wanted = logged.map(({ node, attempt, seq, text }) => `n${node} ${attempt} ${seq} ${text}`);
  expect(told.toSorted()).toEqual(wanted.toSorted());
  const ended = await rowsOf(
    served,
    'select node, attempt, status::text from attempts where run_id = $1',
    runId,
  );
  const ends = first.flatMap((entry) =>
    entry.type === 'node' && entry.duration_ms !== undefined
      ? [`n${entry.node_id.slice(1)} ${entry.attempt} ${entry.status}`]
      : [],
  );
  expect(ends.toSorted()).toEqual(
    ended.map(({ node, attempt, status }) => `n${node} ${attempt} ${status}`).toSorted(),
  );
  expect(first.at(-1)).toMatchObject({ type: 'end', status: 'completed' });
});
