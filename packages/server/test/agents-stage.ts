/** A served process whose agents speak with a provider of the test's. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ProviderRequest,
  type ProviderScript,
  type ProviderServer,
  startProviderServer,
} from '@tenuto/testkit';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { type Served, startServed } from './served.ts';

export interface AgentStage {
  readonly served: Served;
  readonly provider: ProviderServer;
  query<Row extends pg.QueryResultRow>(sql: string): Promise<readonly Row[]>;
}

export const PROVIDER_KEY = 'sk-local-secret-key';

/** @param answer what the provider says */
export async function agentStage(
  answer: ProviderScript,
  env: Readonly<Record<string, string>> = {},
): Promise<AgentStage> {
  const provider = await startProviderServer(answer);
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-models-'));
  const models = join(folder, 'models.yaml');
  const local = { type: 'openai_compatible', base_url: provider.url, api_key_env: 'LOCAL_KEY' };
  const config = { providers: { local }, default_model: 'local/large' };
  await writeFile(models, JSON.stringify(config));
  const served = await startServed({ TENUTO_MODELS: models, LOCAL_KEY: PROVIDER_KEY, ...env });
  onTestFinished(async () => {
    await served.close();
    await provider.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    served,
    provider,
    async query<Row extends pg.QueryResultRow>(sql: string) {
      const client = new pg.Client({ ...served.database.connection });
      await client.connect();
      try {
        return (await client.query<Row>(sql)).rows;
      } finally {
        await client.end();
      }
    },
  };
}

/** A node with an agent whose requests tell which one it is. */
export const agentNode = (id: string, more: object = {}) => ({
  ...{ id, uses: 'agent.run', max_retries: 3 },
  with: { agent: id, prompt: `You are ${id}.` },
  ...more,
});

/** Which agent asks, and how many answers it has had before. */
export function whoAsks({ body: { messages } }: ProviderRequest): string {
  const [, agent] = /You are (\w+)\./.exec(JSON.stringify(messages[1])) ?? [];
  return `${agent}/${messages.filter(({ role }) => role === 'assistant').length}`;
}
