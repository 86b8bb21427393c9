/** Runs of a profile under chaos: people who tell them to go on, agree, take back, clone and fork. */
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from '@tenuto/sdk';
import type { ProviderAnswer, ProviderRequest, ProviderScript } from '@tenuto/testkit';
import type { Cluster } from './cluster.ts';

const EVERYTHING = fileURLToPath(
  import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'),
);
export const MCP_SERVER = {
  ...{ name: 'tools', transport: 'stdio' },
  command: [process.execPath, EVERYTHING, 'stdio'],
} as const;

/** Calls of a model that an agent makes: two files, a command, an MCP tool, and the last words. */
export const STEPS = 5;
export const PROFILE = 'storm';
const PHASES = ['planning', 'building', 'checking'];
const CREW = ['ann', 'bob', 'cid'];

export function stormProfile() {
  const tools = ['workspace', 'command.run', 'tools.echo'];
  return {
    ...{ name: PROFILE, model: 'local/large', budget: { usd: 0.05, on_crossing: 'pause' } },
    phases: PHASES.map((phase) => ({
      id: phase,
      agents: CREW.map((id) => ({
        ...{ id, tools, on_ambiguous: id === 'cid' ? 'ask' : 'retry', max_retries: 10 },
        ...{ max_output_tokens: 100, artifacts: [`${id}.md`], call_timeout_seconds: 20 },
        prompt: `You are ${phase}/${id} of \${params.intake.mark}.`,
      })),
      artifacts: CREW.map((id) => ({ path: `${id}.md`, type: 'doc' })),
      ...(phase === 'building' && { approval: { required: 1 } }),
    })),
  };
}

/** Which agent of which runs asks, and how many answers it has had before. */
export function whoAsks({ body: { messages } }: ProviderRequest): string {
  const [, agent, mark] = /You are (\w+\/\w+) of ([\w-]+)\./.exec(JSON.stringify(messages)) ?? [];
  return `${mark}/${agent}/${messages.filter(({ role }) => role === 'assistant').length}`;
}

/** @param effects a file that commands write a line to */
export function stormScript(effects: string, asked: (who: string) => void): ProviderScript {
  return (request) => {
    const who = whoAsks(request);
    asked(who);
    const [, phase, agent, step] = who.split('/');
    const path = `artifacts/${phase}/${agent}.md`;
    const call = callOf(Number(step), { path, who, effects });
    const usage = { input: 100, output: 20 };
    const told: ProviderAnswer = call === undefined ? { text: `${agent} is done.` } : call;
    return { ...told, usage, delayMs: 50 + 400 * Math.random() };
  };
}

function callOf(
  step: number,
  { path, who, effects }: { path: string; who: string; effects: string },
): ProviderAnswer | undefined {
  const use = (name: string, input: object) => ({
    toolCalls: [{ id: `call_${step}`, name, input }],
  });
  switch (step) {
    case 0:
      return use('workspace_write', { path, content: `# First\n${who}\n` });
    case 1:
      return use('command_run', { command: ['/bin/sh', '-c', `echo ${who} >> ${effects}`] });
    case 2:
      return use('workspace_write', { path, content: contentOf(who) });
    case 3:
      return use('tools_echo', { message: who });
    default:
      return undefined;
  }
}

/** What an agent has left at its end. */
export function contentOf(who: string): string {
  const [mark, phase, agent] = who.split('/');
  return `# Last\n${mark}/${phase}/${agent}\n`;
}

export interface StormRun {
  readonly runId: string;
  readonly mark: string;
}

export interface StormWork {
  readonly runs: readonly StormRun[];
  /** What went wrong that nobody's death explains. */
  readonly surprises: readonly string[];
  /** Makes no more trouble: runs are only told to go on. */
  calm(): void;
  /** Resolves when all runs are over. */
  readonly done: Promise<void>;
  stop(): void;
}

/** Starts so many runs, and drives each to its end through whatever server is up. */
export function startStorm(cluster: Cluster, count: number): StormWork {
  const runs: StormRun[] = [];
  const surprises: string[] = [];
  const state = { calm: false, stopped: false };
  const drives: Promise<void>[] = [];

  const client = async (): Promise<Client> => {
    for (;;) {
      const up = cluster.members.filter((member) => member.state === 'up');
      const member = up[Math.floor(Math.random() * up.length)];
      if (member !== undefined) return await member.process.ready;
      if (state.stopped) throw new Error('no server is up');
      await delay(50);
    }
  };
  /** Asks once; whatever is in the way is met again the next time. */
  async function ask<T>(what: (client: Client, signal: AbortSignal) => Promise<T>) {
    try {
      return await what(await client(), AbortSignal.timeout(8_000));
    } catch (error) {
      const status = error instanceof Error && 'status' in error ? Number(error.status) : 0;
      // A conflict is a run that has gone on since; nothing else that is asked here is wrong.
      if (status === 500 || status === 400 || status === 422) surprises.push(String(error));
      return undefined;
    }
  }
  async function surely<T>(what: (client: Client, signal: AbortSignal) => Promise<T>) {
    for (;;) {
      const answer = await ask(what);
      if (answer !== undefined || state.stopped || surprises.length > 0) return answer;
      await delay(100);
    }
  }

  async function more(made: { run_id: string } | undefined, mark: string): Promise<void> {
    if (made === undefined) return;
    runs.push({ runId: made.run_id, mark });
    drives.push(drive({ runId: made.run_id, mark }, false));
  }

  async function trouble({ runId, mark }: StormRun): Promise<void> {
    const dice = Math.random();
    const idempotencyKey = `${runId}-${Math.floor(dice * 1e9)}`;
    if (dice < 0.25) {
      await ask((c, signal) => c.runs.rollback(runId, { phase: 'planning' }, { signal }));
    } else if (dice < 0.5) {
      await ask((c, signal) => c.runs.pause(runId, { signal }));
      await delay(500);
    } else if (runs.length < count * 3) {
      const made = await surely<{ readonly run_id: string }>((c, signal) =>
        dice < 0.75
          ? c.runs.clone(runId, { from_phase: 'planning' }, { signal, idempotencyKey })
          : c.runs.fork(runId, { from_node: 'planning/bob' }, { signal, idempotencyKey }),
      );
      await more(made, mark);
    }
  }

  async function drive(run: StormRun, makesTrouble: boolean): Promise<void> {
    const { runId } = run;
    while (!state.stopped) {
      const seen = await ask((c, signal) => c.runs.get(runId, { signal }));
      if (seen?.status === 'completed') return;
      if (makesTrouble && !state.calm && Math.random() < 0.05) await trouble(run);
      if (seen?.status === 'paused') await ask((c, signal) => c.runs.resume(runId, { signal }));
      else if (
        seen?.status === 'failed' ||
        seen?.phases?.some(({ status }) => status === 'ready')
      ) {
        await ask((c, signal) => c.runs.next(runId, { async: true, signal }));
      }
      if (seen?.status === 'failed') await ask((c, signal) => c.jobs.retry(runId, {}, { signal }));
      await decide(runId);
      await delay(150);
    }
  }

  async function decide(runId: string): Promise<void> {
    const open = await ask((c, signal) =>
      Array.fromAsync(c.interventions.list({ state: ['open'] }, { signal })),
    );
    for (const { intervention_id: id, job_id: job, message } of open ?? []) {
      if (job !== runId) continue;
      if (/budget|crosses/i.test(message ?? '')) {
        await ask(async (c, signal) => {
          const { budget } = await c.runs.get(runId, { signal });
          return c.runs.raiseBudget(runId, { usd: (budget?.usd ?? 0.05) + 0.02 }, { signal });
        });
      } else {
        await ask((c, signal) => c.interventions.resolve(id, { resolution: 'retry' }, { signal }));
      }
    }
    await ask((c, signal) => c.approvals.decide(runId, { decision: 'approve' }, { signal }));
  }

  async function all(): Promise<void> {
    await surely((c, signal) => c.mcpServers.create(MCP_SERVER, { signal, idempotencyKey: 'mcp' }));
    await surely((c, signal) =>
      c.profiles.create(stormProfile() as never, { signal, idempotencyKey: 'profile' }),
    );
    for (let i = 0; i < count; i += 1) {
      const mark = `mark-${i}`;
      const body = { profile: PROFILE, intake: { mark } };
      const made = await surely((c, signal) =>
        c.runs.create(body, { signal, idempotencyKey: mark }),
      );
      if (made === undefined) return;
      runs.push({ runId: made.run_id, mark });
      drives.push(drive({ runId: made.run_id, mark }, true));
    }
    for (let i = 0; i < drives.length; i += 1) await drives[i];
  }

  return {
    ...{ runs, surprises, done: all() },
    calm() {
      state.calm = true;
    },
    stop() {
      state.stopped = true;
    },
  };
}
