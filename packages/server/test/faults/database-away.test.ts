import { createClient } from '@tenuto/sdk';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { effectJob } from './load.ts';
import { openStage, type Stage, urlOf } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

it('a server without its database tells of its health, whoever asks, and acknowledges nothing', async () => {
  const database = await stage.postgres();
  const client = await stage.start({ databaseUrl: urlOf(database.connection) }).ready;
  expect((await client.health()).status).toBe('ok');
  await database.server.stop();
  // Whether this is a token, only the database could tell.
  const stranger = createClient({
    baseUrl: client.baseUrl,
    token: 'a-token-that-was-not-seen-before',
    retry: { maxAttempts: 1 },
  });
  const health = await stranger.health();
  expect([health.status, health.checks.store?.status]).toEqual(['down', 'down']);
  const job = effectJob('never', { effects: stage.effects, seconds: 0 });
  await expect(client.jobs.submit(job)).rejects.toMatchObject({ status: 503 });
});
