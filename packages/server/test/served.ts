/** A real `tenuto serve` in a process of its own, on a database of the test's. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, type TestDatabase } from '@tenuto/testkit';
import pg from 'pg';
import { expect } from 'vitest';
import { ADMIN_TOKEN, type ServerProcess, startServer } from './faults/server-process.ts';
import { urlOf } from './faults/stage.ts';
import type { Answer } from './server.ts';

export interface Served {
  readonly database: TestDatabase;
  readonly folder: string;
  /** The process that runs now. */
  server(): ServerProcess;
  /** Where it listens. */
  url(): string;
  call(
    path: string,
    init?: { method?: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>;
  submit(nodes: readonly object[], more?: object): Promise<string>;
  ended(jobId: string): Promise<Answer['body']>;
  node(jobId: string, nodeId: string): Promise<Answer['body']>;
  /** Kills it and starts another on the same database. */
  restart(more?: Readonly<Record<string, string>>): Promise<void>;
  /** All that its processes have written. */
  logs(): string;
  /** Every text of every row of every table, as a dump would show it. */
  dump(): Promise<string>;
  close(): Promise<void>;
}

const JOB = '/api/v1/orchestration/job';
const SOON = { timeout: 120_000, interval: 50 };

export async function startServed(env: Readonly<Record<string, string>> = {}): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-served-'));
  const database = await createDatabase();
  const start = (more: Readonly<Record<string, string>> = {}) =>
    startServer({
      dataDir: folder,
      databaseUrl: urlOf(database.connection),
      env: {
        LOG_LEVEL: 'debug',
        TENUTO_HTTP_ALLOW: '127.0.0.1',
        TENUTO_LEASE_MS: '1000',
        ...env,
        ...more,
      },
    });
  const servers = [start()];
  const server = () => servers.at(-1) ?? start();
  let url = (await server().ready).baseUrl;
  const served: Served = {
    ...{ database, folder, server },
    url: () => url,
    async call(path, { method, body, headers } = {}) {
      const response = await fetch(url + path, {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: {
          authorization: `Bearer ${ADMIN_TOKEN}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const json = /json/.test(response.headers.get('content-type') ?? '');
      const { status } = response;
      return { status, headers: response.headers, text, body: json ? JSON.parse(text) : undefined };
    },
    async submit(nodes, more = {}) {
      const body = { job_name: 'served', dag_definition: { nodes }, ...more };
      const answer = await served.call(JOB, { body });
      expect([answer.status, answer.body.detail]).toEqual([202, undefined]);
      return answer.body.job_id;
    },
    async ended(jobId) {
      const read = async () => (await served.call(`${JOB}/${jobId}`)).body.completed_at;
      await expect.poll(read, SOON).not.toBeNull();
      return (await served.call(`${JOB}/${jobId}?include=nodes,history,plan`)).body;
    },
    node: async (jobId, nodeId) => (await served.call(`${JOB}/${jobId}/nodes/${nodeId}`)).body,
    async restart(more = {}) {
      await server().kill();
      servers.push(start(more));
      url = (await server().ready).baseUrl;
    },
    logs: () => servers.map((each) => each.logs()).join('\n'),
    dump: () => dumpOf(database),
    async close() {
      await server().kill();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return served;
}

async function dumpOf({ connection }: TestDatabase): Promise<string> {
  const client = new pg.Client({ ...connection });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      // Bytes are shown as text where they are one: outputs and artifacts are kept as such.
      const { rows } = await client.query<{ row: string }>(`select r::text as row from ${name} r`);
      texts.push(...rows.map(({ row }) => row));
    }
    const { rows: blobs } = await client.query<{ bytes: Buffer }>('select bytes from blobs');
    texts.push(...blobs.map(({ bytes }) => bytes.toString('latin1')));
    return texts.join('\n');
  } finally {
    await client.end();
  }
}

export interface Target {
  readonly url: string;
  readonly port: number;
  readonly requests: {
    readonly path: string;
    readonly headers: IncomingMessage['headers'];
    readonly body: string;
  }[];
  answer: (request: Target['requests'][number], response: ServerResponse) => void;
  close(): Promise<void>;
}

/** An HTTP server on loopback that keeps what it is sent, and says it again unless told otherwise. */
export async function startTarget(): Promise<Target> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const kept = { path: request.url ?? '', headers: request.headers, body };
    target.requests.push(kept);
    target.answer(kept, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const target: Target = {
    ...{ url: `http://127.0.0.1:${port}`, port, requests: [] },
    answer: (request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(request));
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return target;
}
