import { createHash, randomBytes } from 'node:crypto';
import { secretHostFault } from '@tenuto/actions';
import { createNotifyBus, openApiStore } from '@tenuto/store';
import { createDatabase, memoryBlobs, type TestDatabase } from '@tenuto/testkit';
import pg from 'pg';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import { type AppOptions, buildApp } from '../src/app.ts';
import { createReaders } from '../src/auth/readers.ts';
import { createEventing, type Eventing } from '../src/events/eventing.ts';
import { localCounters } from '../src/limits/counters.ts';
import { DEFAULT_RATE_LIMITS } from '../src/plugins/limits.ts';
import { createProfileFiles, SHIPPED_PROFILES } from '../src/profiles/profile-files.ts';
import { createVault, KEY_BYTES } from '../src/secrets/vault.ts';
import { createGraphUse } from '../src/services/graph-use.ts';
import type { Phase } from '../src/services/health.ts';
import { createMcpSpec } from '../src/services/mcp-server-use.ts';
import { createProfileUse } from '../src/services/profile-use.ts';
import { createPolicyUse } from '../src/services/retry-policy-use.ts';
import { secretOpener } from '../src/services/secret-use.ts';
import { createTemplateResolver } from '../src/services/template-use.ts';
import { systemClock, systemRandom } from '../src/system-clock.ts';
import { runIdAt, type ScriptedEngine, scriptedEngine } from './scripted-engine.ts';

export const ADMIN = 'test-admin-token-that-is-long-enough';

const DEFAULTS = {
  maxConcurrentNodes: 10,
  maxRetries: 3,
  timeoutMs: 3_600_000,
  maxRetryDelayMs: 300_000,
};

export interface TestApi {
  readonly url: string;
  readonly engine: ScriptedEngine;
  readonly pool: pg.Pool;
  readonly connection: TestDatabase['connection'];
  readonly logged: string[];
  readonly eventing: Eventing;
  phase: Phase;
  /** How often the relay was woken. */
  wakes: number;
  /** Sends a request as the administrator unless `token` says otherwise; null sends none. */
  call(path: string, init?: CallInit): Promise<Answer>;
  /** Makes a token for a principal. */
  token(subject: string, scopes: readonly string[]): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface CallInit {
  readonly method?: string;
  readonly body?: unknown;
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
  readonly token?: string | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What JSON.parse makes of it: tests look into answers of many shapes. */
  readonly body: ReturnType<typeof JSON.parse>;
}

export interface TestApiOptions extends Partial<Omit<AppOptions, 'rules'>> {
  readonly rules?: Partial<AppOptions['rules']>;
}

type RuleStores = Pick<AppOptions, 'retryPolicies' | 'documents' | 'secrets' | 'prices'>;

/** The rules of a deployment, with what a test says otherwise. */
function rulesOf(
  { retryPolicies: store, documents, secrets, prices }: RuleStores,
  given: TestApiOptions['rules'] = {},
): AppOptions['rules'] {
  const { defaults = DEFAULTS, ...rest } = given;
  const policies = createPolicyUse({ store, clock: systemClock, defaults });
  const templates = createTemplateResolver(documents);
  const { checkAction = () => undefined } = rest;
  const graphs = createGraphUse({
    ...{ secrets, checkAction, checkSecrets: () => undefined },
    mcpServers: async (owner, names) =>
      (await documents.named(owner, 'mcp_server', names)).map(({ name }) => name),
  });
  const files = createProfileFiles({
    folders: [{ path: SHIPPED_PROFILES, source: 'shipped' }],
    ...{ clock: systemClock, log: pino({ level: 'silent' }) },
  });
  const profiles = createProfileUse({ documents, files });
  return { defaults, checkAction, policies, templates, profiles, graphs, prices, ...rest };
}

/** The API on a real port and a real database, with an engine that a test directs. */
export async function startApi(options: TestApiOptions = {}): Promise<TestApi> {
  return startApiOn(await createDatabase(), options);
}

/** The same on a database that somebody else works on, too. */
export async function startApiOn(
  database: TestDatabase,
  options: TestApiOptions = {},
): Promise<TestApi> {
  const pool = new pg.Pool({ ...database.connection, max: 5 });
  pool.on('error', () => undefined);
  const engine = scriptedEngine();
  const logged: string[] = [];
  const stores = openApiStore(database.connection);
  const { tokens, notices, events } = stores;
  const eventing = createEventing({
    ...{ store: events, clock: systemClock, retentionMs: 720 * 3_600_000 },
    log: pino({ level: 'silent' }),
    bus: ({ news }) => createNotifyBus(database.connection, { clock: systemClock, news }),
    poke: (runId) => (options.engine ?? engine).poke(runId),
  });
  eventing.start();
  const { rules, ...others } = options;
  const vault = createVault(Buffer.alloc(KEY_BYTES, 7), systemRandom);
  const app = await buildApp({
    version: '0.0.0',
    logger: pino({ level: 'info' }, { write: (line: string) => void logged.push(line) }),
    clock: systemClock,
    random: systemRandom,
    engine,
    scheduler: { wake: () => undefined },
    ...stores,
    blobs: memoryBlobs(),
    eventing: eventing.parts,
    vaulted: { vault, hostFault: secretHostFault },
    mcp: NO_MCP,
    mcpSpec: createMcpSpec(secretOpener(stores.secrets, vault)),
    notifications: {
      notices,
      jobs: stores.jobs,
      vault,
      newId: () => runIdAt(Date.now()),
      newSecret: () => `whsec_${randomBytes(32).toString('base64')}`,
      webhookIdOf: (deliveryId) => `msg_${deliveryId}`,
      webhookFault: (url) => (url.includes('blocked') ? 'cannot be used: blocked' : undefined),
      relay: {
        wake: () => {
          api.wakes += 1;
        },
      },
    },
    readers: createReaders({ tokens, keys: undefined, jwt: {}, clock: systemClock }),
    rules: rulesOf(stores, rules),
    rateLimits: DEFAULT_RATE_LIMITS,
    counters: localCounters(systemClock),
    origins: [],
    docs: true,
    console: new Map(),
    trusted: () => false,
    phase: () => api.phase,
    storeWarnings: () => [],
    refusal: () => undefined,
    setup: { database: 'external', artifacts: 'disk' },
    settings: () => [],
    governancePolicy: undefined,
    ...others,
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const addToken = async (token: string, subject: string, scopes: readonly string[]) => {
    await pool.query(
      'insert into api_tokens (hash, hint, subject, name, scopes) values ($1, $2, $3, $3, $4) on conflict do nothing',
      [createHash('sha256').update(token).digest(), '', subject, scopes],
    );
    return token;
  };
  let made = 0;
  const api: TestApi = {
    url,
    engine,
    pool,
    connection: database.connection,
    logged,
    eventing,
    phase: 'ready',
    wakes: 0,
    call: (path, init) => call(url, path, init),
    token(subject, scopes) {
      made += 1;
      return addToken(`tnt_${subject.replace(/[^\w-]/g, '-')}-${made}`, subject, scopes);
    },
    async [Symbol.asyncDispose]() {
      await app.close();
      await eventing.stop();
      await stores.close();
      await pool.end();
      await database.drop();
    },
  };
  await addToken(ADMIN, 'admin', ['admin']);
  return api;
}

/** An API of one test's own; it is gone when the test is over. */
export async function startOwnApi(...options: Parameters<typeof startApi>): Promise<TestApi> {
  const api = await startApi(...options);
  onTestFinished(() => api[Symbol.asyncDispose]());
  return api;
}

async function call(url: string, path: string, init: CallInit = {}): Promise<Answer> {
  const token = init.token === undefined ? ADMIN : init.token;
  const body = init.raw ?? (init.body === undefined ? undefined : JSON.stringify(init.body));
  const response = await fetch(new URL(path, url), {
    method: init.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...init.headers,
    },
    ...(body !== undefined && { body }),
    redirect: 'manual',
  });
  const text = await response.text();
  const json = /\/(problem\+)?json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: json && text !== '' ? JSON.parse(text) : undefined,
  };
}

/** Reaches everything but what is called `blocked`, and speaks with nobody. */
export const NO_MCP: AppOptions['mcp'] = {
  tools: () => Promise.reject(new Error('nobody is there')),
  check: async () => ({ ok: false, type: 'connection_refused', message: 'Nobody is there.' }),
  fault: ({ url, command }) =>
    [url, ...command].some((text) => text.includes('blocked')) ? 'cannot be reached' : undefined,
};

export const JOB = '/api/v1/orchestration/job';
export const JOBS = '/api/v1/orchestration/jobs';

/** The smallest job, with whatever a test changes. */
export function aJob(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    job_name: 'a job',
    dag_definition: { nodes: [{ id: 'a', uses: 'sleep.for' }] },
    ...changes,
  };
}
