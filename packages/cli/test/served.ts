import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

export const ADMIN_TOKEN = 'admin-token-of-the-command-line-tests';

const main = join(import.meta.dirname, '../src/main.ts');
const root = join(import.meta.dirname, '../../..');

export interface Served {
  readonly child: ChildProcess;
  /** Its first line on stdout; rejects with what it said when it ends before. */
  readonly firstLine: Promise<string>;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly out: string;
    readonly err: string;
  }>;
}

/** A data folder that the user of the database may reach, too. */
export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tenuto-serve-'));
  chmodSync(folder, 0o755);
  return join(folder, 'data');
}

/** Starts `tenuto serve` as a process of its own, in the project's folder. */
export function startServe(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Served {
  const child = spawn(process.execPath, [main, 'serve', ...args], {
    cwd: root,
    env: {
      // The `node` that jobs find is the one that runs the tests.
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
      TENUTO_ADMIN_TOKEN: ADMIN_TOKEN,
      LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  let told: (line: string) => void = () => {};
  const line = new Promise<string>((resolve) => {
    told = resolve;
  });
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    out += text;
    if (out.includes('\n')) told(out.slice(0, out.indexOf('\n')));
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, out, err }));
  const early = ended.then(({ code }) => Promise.reject(new Error(`ended with ${code}: ${err}`)));
  const firstLine = Promise.race([line, early]);
  firstLine.catch(() => {});
  return { child, firstLine, ended };
}
