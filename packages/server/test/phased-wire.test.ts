/** A shipped profile over the wire of a provider: its phases, files and gates, and what it has cost. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunMetrics } from '@tenuto/contract';
import type { ProviderAnswer, ProviderRequest } from '@tenuto/testkit';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { type AgentStage, agentStage } from './agents-stage.ts';

const PROFILE = 'analytics_forecast_app';
const SCRIPT = join(import.meta.dirname, `../profiles/scripts/${PROFILE}.yaml`);
const PHASES = ['planning', 'architecture', 'data', 'development', 'qa', 'documentation'];
const RUNS = '/api/v1/runs';
const SOON = { timeout: 120_000, interval: 100 };
/** US dollars for a million tokens. */
const PRICE = { input: 3, cached: 0.3, output: 15 };
const NANO = 1e9;

interface Step {
  readonly text?: string;
  readonly tool_calls?: readonly { readonly tool: string; readonly input: { path: string } }[];
}
type Usage = Required<Omit<NonNullable<ProviderAnswer['usage']>, 'reasoning'>>;

/** What a provider says that has the recorded answers, and what it has counted. */
async function recorded() {
  const { agents }: { agents: Readonly<Record<string, readonly Step[]>> } = parse(
    await readFile(SCRIPT, 'utf8'),
  );
  const counted: Usage[] = [];
  const stepsFor = ({ body }: ProviderRequest) => {
    const task = JSON.stringify(body.messages.find(({ role }) => role === 'user'));
    const wanted = task.slice(task.lastIndexOf('Leave these files'));
    const found = Object.values(agents).find(([first]) =>
      first?.tool_calls?.some(({ input }) => wanted.includes(`- ${input.path}`)),
    );
    return found ?? [];
  };
  const answer = (request: ProviderRequest, number: number): ProviderAnswer => {
    const said = request.body.messages.filter(({ role }) => role === 'assistant').length;
    const { text = 'Done.', tool_calls: calls = [] } = stepsFor(request)[said] ?? {};
    // Odd on purpose: sums that are rounded on the way would not come out.
    const usage = { input: 1_001 + number, cached: 333 + number, output: 77 + number };
    counted.push(usage);
    const toolCalls = calls.map(({ tool, input }, at) => ({
      ...{ id: `call_${number}_${at}`, name: tool.replace('.', '_'), input },
    }));
    return { text, toolCalls, usage };
  };
  return { answer, counted };
}

async function start({ served }: AgentStage, more: object): Promise<string> {
  const price = {
    ...{ model: 'local/*', input_usd_per_mtok: PRICE.input },
    ...{ cached_input_usd_per_mtok: PRICE.cached, output_usd_per_mtok: PRICE.output },
  };
  expect((await served.call('/api/v1/prices', { body: price })).status).toBe(201);
  const body = { profile: PROFILE, intake: { goal: 'Forecast demand' }, ...more };
  const answer = await served.call(RUNS, { body });
  expect([answer.status, answer.body.detail]).toEqual([201, undefined]);
  return answer.body.run_id;
}

/** That each phase has left files, and that the sums are those of the provider. */
async function expectSound({ served }: AgentStage, runId: string, counted: readonly Usage[]) {
  const run = (await served.call(`${RUNS}/${runId}`)).body;
  expect([run.status, run.error]).toEqual(['completed', null]);
  const { artifacts_by_phase: left } = (await served.call(`${RUNS}/${runId}/artifacts?limit=100`))
    .body;
  expect(Object.keys(left).toSorted()).toEqual(PHASES.toSorted());
  const metrics: RunMetrics = (await served.call(`${RUNS}/${runId}/metrics`)).body;
  const sum = (part: keyof Usage) => counted.reduce((total, usage) => total + usage[part], 0);
  const { input, output, cached } = metrics.total_token_usage;
  expect({ input, output, cached }).toEqual({
    ...{ input: sum('input'), output: sum('output'), cached: sum('cached') },
  });
  const nano =
    (sum('input') - sum('cached')) * PRICE.input * 1_000 +
    sum('cached') * PRICE.cached * 1_000 +
    sum('output') * PRICE.output * 1_000;
  expect(Math.round(metrics.total_cost_usd * NANO)).toBe(Math.round(nano));
  const ofPhases = metrics.phases_metrics.reduce((total, { cost_usd: usd }) => total + usd, 0);
  expect(Math.round(ofPhases * NANO)).toBe(Math.round(nano));
  expect(metrics.phases_metrics.map((phase) => phase.governance_passed)).toEqual(
    PHASES.map(() => true),
  );
}

it('runs through by six next, and the metrics add up to what the provider counted', async () => {
  const { answer, counted } = await recorded();
  const stage = await agentStage(answer);
  const runId = await start(stage, {});
  for (const phase of PHASES) {
    const { status, body } = await stage.served.call(`${RUNS}/${runId}/next`, { body: {} });
    expect([status, body.previous_phase, body.detail]).toEqual([200, phase, undefined]);
  }
  await expectSound(stage, runId, counted);
});

it('runs through in one go', async () => {
  const { answer, counted } = await recorded();
  const stage = await agentStage(answer);
  const runId = await start(stage, { auto_advance: true });
  const completed = async () => (await stage.served.call(`${RUNS}/${runId}`)).body.completed_at;
  await expect.poll(completed, SOON).not.toBeNull();
  await expectSound(stage, runId, counted);
});
