import { RunFeedEntrySchema, RunProgressSchema, type STREAM_CLOSINGS } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { exampleOf } from '../test/contract-example.ts';
import { createClient, type FollowOptions } from './index.ts';
import type { Surroundings } from './time.ts';

const example = exampleOf(RunFeedEntrySchema);
const progress = exampleOf(RunProgressSchema);
const entry = (seq: number) => `id: ${seq}\ndata: ${JSON.stringify({ ...example, seq })}\n\n`;
const close = (reason: string, reconnect = false) =>
  `event: close\ndata: ${JSON.stringify({ type: 'close', reason, reconnect })}\n\n`;

/** Follows at a server that answers each connection with the next of these texts. */
function followed(
  answers: readonly (string | number)[],
  options: FollowOptions = {},
  surroundings: Partial<Surroundings> = {},
) {
  const asked: (string | null)[] = [];
  const away: string[] = [];
  const client = createClient({
    baseUrl: 'http://127.0.0.1:1',
    token: 'tnt',
    surroundings: { now: () => 0, random: () => 0, sleep: async () => undefined, ...surroundings },
    fetch: async (_url, init) => {
      asked.push(new Headers(init?.headers).get('last-event-id'));
      const answer = answers[asked.length - 1];
      if (answer === 204) return new Response(null, { status: 204 });
      if (typeof answer === 'number') {
        const headers = answer === 429 ? { 'retry-after': '7' } : {};
        return new Response('{}', { status: answer, headers });
      }
      if (answer === undefined) throw new Error('not there');
      return new Response(answer, { headers: { 'content-type': 'text/event-stream' } });
    },
  });
  const onAway = (error: Error) => void away.push(error.message);
  const messages = client.runs.follow('r', { onAway, ...options });
  return { asked, away, messages };
}

async function told(messages: AsyncIterable<{ type: string; seq?: number }>) {
  const all: (number | string)[] = [];
  for await (const message of messages) all.push(message.seq ?? message.type);
  return all;
}

describe('following a run', () => {
  it('yields each entry once and in order, through breaks and restarts, to the end', async () => {
    const { messages, asked, away } = followed([
      `retry: 1000\n\n${entry(1)}: \n\nevent: progress\ndata: ${JSON.stringify(progress)}\n\nid: 2\nda`,
      503,
      `${entry(2)}${close('draining', true)}`,
      `${entry(2)}${entry(3)}${close('ended')}`,
    ]);
    expect(await told(messages)).toEqual([1, 'progress', 2, 3]);
    expect(asked).toEqual([null, '1', '1', '2']);
    expect(away).toHaveLength(1);
  });

  it('comes back later each time, when the server wants it, and not together with all others', async () => {
    const sleeps = async (random: number) => {
      const slept: number[] = [];
      const answers = [503, 503, 429, `${entry(1)}`, close('ended')];
      const sleep = async (ms: number) => void slept.push(ms);
      await told(followed(answers, {}, { random: () => random, sleep }).messages);
      return slept;
    };
    expect(await sleeps(0)).toEqual([125, 250, 7_000, 125]);
    expect(await sleeps(1)).toEqual([250, 500, 7_000, 250]);
  });

  it('begins behind a number, and is over at once when all was seen', async () => {
    const { messages, asked } = followed([204], { after: 9 });
    expect([await told(messages), asked]).toEqual([[], ['9']]);
  });

  it('passes over what it does not know', async () => {
    const unknown = `id: 2\ndata: {"seq":2,"at":"","type":"weather"}\n\nevent: other\ndata: {}\n\n`;
    const { messages } = followed([`${entry(1)}${unknown}${entry(3)}${close('ended')}`]);
    expect(await told(messages)).toEqual([1, 3]);
  });

  it('fails when entries are missing or have another form', async () => {
    await expect(told(followed([entry(2)]).messages)).rejects.toThrow('has told 2');
    await expect(told(followed(['data: {"seq":1,"type":"node"}\n\n']).messages)).rejects.toThrow(
      'another form',
    );
    await expect(told(followed(['data: {\n\n']).messages)).rejects.toThrow('another form');
  });

  it('fails when the server has closed it for good', async () => {
    const end = (reason: (typeof STREAM_CLOSINGS)[number]) =>
      told(followed([close(reason)]).messages);
    await expect(end('unauthorized')).rejects.toMatchObject({ status: 401 });
    await expect(end('gone')).rejects.toMatchObject({ status: 404 });
    await expect(end('reset')).rejects.toThrow('from its beginning');
    await expect(told(followed([403]).messages)).rejects.toMatchObject({ status: 403 });
  });

  it('ends when it is told to', async () => {
    const abort = new AbortController();
    abort.abort(new Error('enough'));
    const { messages } = followed([entry(1)], { signal: abort.signal });
    await expect(told(messages)).rejects.toThrow('enough');
  });
});
