import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../src/index.ts';
import type { Io } from '../src/io.ts';
import { captureIo } from './captured-io.ts';
import { type Answers, type PretendApi, startPretendApi } from './pretend-api.ts';

/** A folder of the test file's own. */
export const folder = mkdtempSync(join(tmpdir(), 'tenuto-cli-'));
const servers: PretendApi[] = [];

export function fileOf(text: string, name = 'job.yaml'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Stops what the calls of a test file started. */
export async function cleanUp(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  rmSync(folder, { recursive: true, force: true });
}

/** Carries out a command line against a server that answers like this. */
export async function call(
  args: readonly string[],
  answers: Answers = {},
  over: Partial<Io> & { readonly stdin?: string } = {},
) {
  const api = await startPretendApi(answers);
  servers.push(api);
  const { env = {}, ...rest } = over;
  const io = captureIo({ env: { TENUTO_URL: api.url, TENUTO_TOKEN: 'tnt_env', ...env }, ...rest });
  const exitCode = await runCli(args, io);
  return { exitCode, out: io.out(), err: io.err(), asked: api.asked };
}
