import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { withFolder } from './bench-store.ts';

const SERVER = new URL('./http-server.ts', import.meta.url);
const TOKEN_BYTES = 32;

/** How late the event loop of the server is, in ms. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface Target {
  readonly url: string;
  readonly token: string;
  resetDelay(): void;
  readDelay(): Promise<LoopDelay>;
  /** @returns the job's id */
  submit(job: object): Promise<string>;
  status(jobId: string): Promise<string>;
}

/** Runs a server on a fresh store in a process of its own for as long as `use` takes. */
export async function withServer<T>(use: (target: Target) => Promise<T>): Promise<T> {
  return withFolder(async (dataDir) => {
    const token = randomBytes(TOKEN_BYTES).toString('hex');
    const child = fork(SERVER, {
      env: {
        ...process.env,
        PORT: '0',
        TENUTO_DATA_DIR: dataDir,
        TENUTO_ADMIN_TOKEN: token,
        TENUTO_RATE_LIMITS: 'off',
        LOG_LEVEL: 'warn',
      },
    });
    const exit = once(child, 'exit');
    try {
      return await use(targetOf(child, token, field(await message(child), 'url')));
    } finally {
      if (child.connected) child.disconnect();
      await exit;
    }
  });
}

function targetOf(child: ChildProcess, token: string, url: string): Target {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const ask = async (path: string, init: RequestInit) => {
    const response = await fetch(`${url}/api/v1/orchestration${path}`, { ...init, headers });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
  return {
    url,
    token,
    resetDelay: () => void child.send('reset'),
    async readDelay() {
      child.send('read');
      const answer = await message(child);
      const number = (name: string) => Number(field(answer, name));
      return { p50: number('p50'), p99: number('p99'), max: number('max') };
    },
    submit: async (job) =>
      field(await ask('/job', { method: 'POST', body: JSON.stringify(job) }), 'job_id'),
    status: async (jobId) => field(await ask(`/job/${jobId}`, { method: 'GET' }), 'status'),
  };
}

async function message(child: ChildProcess): Promise<unknown> {
  const gone = new AbortController();
  const [answer]: unknown[] = await Promise.race([
    once(child, 'message', { signal: gone.signal }),
    once(child, 'exit', { signal: gone.signal }).then(() => {
      throw new Error('The server ended.');
    }),
  ]).finally(() => gone.abort());
  return answer;
}

/** A field of an answer, as text. */
function field(answer: unknown, name: string): string {
  const value = Object.entries(Object(answer)).find(([key]) => key === name)?.[1];
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new Error(`There is no "${name}" in ${JSON.stringify(answer)}.`);
}
