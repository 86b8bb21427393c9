import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, matchesGlob, normalize } from 'node:path';
import type { JsonObject } from '@tenuto/contract';
import {
  type ActionCall,
  type Begun,
  type BlockingBudget,
  type CallLedger,
  type CallResult,
  type Clock,
  type LeftOut,
  type NewCall,
  type Workspace,
  WorkspaceError,
  type WorkspaceFile,
  type Workspaces,
} from '@tenuto/engine';
import { callWith, type LoggedCall } from '../command/command.fixture.ts';
import type { AgentOptions } from './agent-run.ts';
import { createModelCatalogue } from './model/catalogue.ts';
import { readModelsConfig } from './model/models-config.ts';
import { createScriptLibrary } from './scripted/library.ts';

export const realClock: Clock = {
  wall: () => Date.now(),
  mono: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

export interface LedgerRow {
  readonly callId: string;
  readonly call: NewCall;
  result?: CallResult;
  dropped?: string;
}

export interface MemoryLedger extends CallLedger {
  readonly rows: LedgerRow[];
  /** Nano-USD that a token costs, in or out. */
  price: number;
  /** What stands in the way of a call, if anything. */
  block: (call: NewCall) => { state: 'wait' | 'over'; budget: BlockingBudget } | undefined;
  made(kind: NewCall['kind']): readonly LedgerRow[];
}

/** A ledger as the port describes it, in memory. */
export function memoryLedger(): MemoryLedger {
  const rows: LedgerRow[] = [];
  const nameOf = (call: NewCall) =>
    JSON.stringify([call.nodeKey, call.loop, call.step, call.tool, call.requestHash]);
  const ledger: MemoryLedger = {
    rows,
    price: 1_000,
    block: () => undefined,
    made: (kind) => rows.filter(({ call, result }) => call.kind === kind && result !== undefined),
    async begin(call): Promise<Begun> {
      const known = rows.findLast(
        (row) => nameOf(row.call) === nameOf(call) && row.dropped === undefined,
      );
      const estimateNanoUsd = ledger.price * (call.estimate?.inputBytes ?? 0);
      if (known?.result !== undefined) {
        const { result, usage } = known.result;
        const costNanoUsd = costOf(known.result);
        return { state: 'done', result, usage: usage ?? null, costNanoUsd };
      }
      if (known !== undefined && call.repeatUnknown !== true) {
        const { callId } = known;
        return { state: 'unknown', callId, estimateNanoUsd, seenBefore: 0, approved: false };
      }
      const blocked = ledger.block(call);
      if (blocked !== undefined) return blocked;
      const callId = String(rows.length + 1);
      rows.push({ callId, call });
      return { state: 'begun', callId, reservedNanoUsd: estimateNanoUsd };
    },
    async finish(callId, result) {
      const row = rows.find((each) => each.callId === callId);
      if (row === undefined) throw new Error('There is no such call.');
      row.result = result;
      return { costNanoUsd: costOf(result) };
    },
    async drop(callId, reason) {
      const row = rows.find((each) => each.callId === callId);
      if (row !== undefined) row.dropped = reason;
    },
  };
  function costOf({ usage }: CallResult): number {
    return ledger.price * ((usage?.input ?? 0) + (usage?.output ?? 0));
  }
  return ledger;
}

/** One folder for all runs, without the guards of the real one. */
export function folderWorkspaces(
  folder: string,
): Workspaces & { readonly notes: JsonObject[]; readonly leftOut: LeftOut[] } {
  const notes: JsonObject[] = [];
  const place = (path: string) => {
    if (path.startsWith('/') || normalize(path).startsWith('..')) {
      throw new WorkspaceError('outside', `${path} lies outside of the workspace.`);
    }
    return join(folder, path);
  };
  const leftOut: LeftOut[] = [];
  const workspace: Workspace = {
    folder,
    async read(path) {
      return await readFile(place(path)).catch(() => {
        throw new WorkspaceError('missing', `There is no file ${path}.`);
      });
    },
    async write(path, bytes, note) {
      await mkdir(dirname(place(path)), { recursive: true });
      await writeFile(place(path), bytes);
      notes.push({ path, ...note });
      return fileOf(path, bytes);
    },
    async list(glob) {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const paths = entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .filter((path) => glob === undefined || matchesGlob(path, glob))
        .sort();
      return await Promise.all(
        paths.map(async (path) => fileOf(path, await readFile(place(path)))),
      );
    },
    takeUp: async () => ({ files: await workspace.list(), leftOut }),
  };
  return { notes, leftOut, open: async () => workspace };
}

function fileOf(path: string, bytes: Uint8Array): WorkspaceFile {
  const hash = createHash('sha256').update(bytes).digest('hex');
  return { path, sizeBytes: bytes.length, hash };
}

export interface AgentStage extends AgentOptions {
  readonly folder: string;
  readonly ledger: MemoryLedger;
  readonly workspaces: ReturnType<typeof folderWorkspaces>;
  text(path: string): Promise<string>;
  remove(): Promise<void>;
}

/** All that `agent.run` needs, around a folder of its own. */
export async function agentStage({
  baseUrl,
  scripts = [],
  environment = { TEST_KEY: 'sk-very-secret-key' },
  ...more
}: {
  readonly baseUrl?: string;
  readonly scripts?: readonly object[];
  readonly environment?: Readonly<Record<string, string>>;
} & Partial<Pick<AgentOptions, 'commands' | 'mcp' | 'clock'>> = {}): Promise<AgentStage> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'tenuto-agent-')));
  const provider = { type: 'openai_compatible', base_url: baseUrl, api_key_env: 'TEST_KEY' };
  const config = readModelsConfig({
    ...(baseUrl !== undefined && { providers: { local: provider } }),
    models: { 'local/tiny': { context_tokens: 2_000, max_output_tokens: 200 } },
  });
  const models = createModelCatalogue({
    ...{ config, environment, httpAllow: [], clock: realClock },
    scripts: createScriptLibrary(scripts.map((content) => ({ file: 'test', content }))),
  });
  const unused = () => Promise.reject(new Error('There are no MCP servers here.'));
  return {
    ...{ folder, models, clock: realClock, ledger: memoryLedger() },
    workspaces: folderWorkspaces(folder),
    findPrompt: async (name) => (name === 'writer' ? 'You write well.' : undefined),
    commands: { allow: [process.execPath], environment: process.env, clock: realClock },
    mcp: {
      find: async () => undefined,
      pool: { connection: unused, retire: () => undefined, close: async () => undefined },
    },
    ...more,
    text: (path) => readFile(join(folder, path), 'utf8'),
    async remove() {
      await models.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A call of `agent.run` as the engine would make it. */
export function agentCall(parameters: JsonObject, rest: Partial<ActionCall> = {}): LoggedCall {
  const given = { agent: 'writer', prompt: 'Write.', model: 'local/large', ...parameters };
  return callWith(given, { uses: 'agent.run', idempotencyKey: 'run-1/node-1/0', ...rest });
}

export function logOf(call: LoggedCall): string {
  return call.logged.map(({ text }) => text).join('\n');
}
