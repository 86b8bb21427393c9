/** Judges the gates of one check, one after the other. */
import {
  type Gate,
  type GateResult,
  type GovernancePolicy,
  type Json,
  matchesGlob,
} from '@tenuto/contract';
import {
  type ActionCall,
  type EvidenceFor,
  evaluateGate,
  type GateBindings,
  judgeGate,
  skippedGate,
  type Workspace,
  type Workspaces,
} from '@tenuto/engine';
import type { Prepare } from '../command/launch.ts';
import type { CommandOptions } from '../command/options.ts';
import { createLeftOutTeller } from '../left-out.ts';
import type { PlannedGates } from './check-gates.ts';
import { CHECK_LIMITS } from './check-limits.ts';
import type { CheckParameters } from './check-parameters.ts';
import { runCommandGate } from './command-gate.ts';
import { readMetric } from './metric-file.ts';
import type { WorkspaceSurvey } from './workspace-survey.ts';

export interface GovernanceOptions {
  readonly workspaces: Workspaces;
  readonly commands: CommandOptions;
  /** What a run, or one phase of it, has cost so far; in billionths of a US dollar. */
  readonly costOf: (runId: string, phase?: string) => Promise<number>;
  /** The policy of the deployment, which the policies of profiles can only make stricter. */
  readonly policy?: GovernancePolicy;
}

/** A check with what its gates are judged by. */
export interface Check {
  readonly options: GovernanceOptions;
  readonly prepare: Prepare;
  readonly call: ActionCall;
  readonly wanted: CheckParameters;
  readonly planned: PlannedGates;
  readonly workspace: Workspace;
  readonly survey: WorkspaceSurvey;
}

type Commands = ReadonlyMap<string, EvidenceFor<'command'>>;

/** Commands come first: what they write may be what other gates look at. */
export async function runCommands(check: Omit<Check, 'survey'>): Promise<Commands> {
  const { call, options, prepare, planned, workspace } = check;
  const place = { prepare, clock: options.commands.clock, folder: workspace.folder, call };
  const done = new Map<string, EvidenceFor<'command'>>();
  for (const gate of planned.gates) {
    if (gate.type !== 'command' || isSkipped(gate, planned)) continue;
    call.signal.throwIfAborted();
    call.heartbeat();
    done.set(gate.id, await runCommandGate(gate, place));
  }
  if (done.size > 0) {
    const { leftOut } = await workspace.takeUp();
    for (const line of createLeftOutTeller()(leftOut)) call.log('system', line);
  }
  return done;
}

function isSkipped({ severity }: Gate, { skipsWarnings }: PlannedGates): boolean {
  return skipsWarnings && severity === 'warning';
}

/** In the order of the gates; expressions are judged last, since they may speak of the others. */
export async function judgeAll(check: Check, commands: Commands): Promise<readonly GateResult[]> {
  const { gates } = check.planned;
  const results = new Map<Gate, GateResult>();
  for (const gate of gates) {
    check.call.signal.throwIfAborted();
    if (isSkipped(gate, check.planned)) {
      results.set(gate, skippedGate(gate, 'Validation was skipped.'));
    } else if (gate.type !== 'expression') {
      results.set(gate, bounded(await judge(gate, check, commands)));
    }
  }
  const bindings = gates.some(({ type }) => type === 'expression')
    ? await bindingsOf(check)
    : undefined;
  for (const gate of gates) {
    if (gate.type !== 'expression' || results.has(gate) || bindings === undefined) continue;
    const evidence = evaluateGate(gate.expression, bindings, [...results.values()]);
    results.set(gate, bounded(judgeGate<'expression'>(gate, evidence)));
  }
  return gates.flatMap((gate) => results.get(gate) ?? []);
}

async function judge(
  gate: Exclude<Gate, { type: 'expression' }>,
  check: Check,
  commands: Commands,
): Promise<GateResult> {
  const { survey, workspace, call, wanted, options } = check;
  const unseen = { problem: 'It was not looked at.' };
  switch (gate.type) {
    case 'artifact_required':
      return judgeGate<'artifact_required'>(gate, requiredOf(gate.path, survey));
    case 'artifact_pattern':
      return judgeGate<'artifact_pattern'>(gate, survey.patterns.get(gate.id) ?? unseen);
    case 'no_secrets':
      return judgeGate<'no_secrets'>(gate, survey.secrets.get(gate.id) ?? unseen);
    case 'metric': {
      const { files } = survey;
      const found = await readMetric(gate, { workspace, files, signal: call.signal });
      return judgeGate<'metric'>(gate, found);
    }
    case 'command':
      return judgeGate<'command'>(gate, commands.get(gate.id) ?? unseen);
    case 'max_cost': {
      const phase = gate.scope === 'run' ? undefined : wanted.phase;
      const spentNanoUsd = await options.costOf(call.runId, phase);
      return judgeGate<'max_cost'>(gate, { spentNanoUsd });
    }
    case 'approval':
      return judgeGate<'approval'>(gate, answerOf(gate.id, wanted));
  }
}

function requiredOf(glob: string, { files }: WorkspaceSurvey): EvidenceFor<'artifact_required'> {
  const matches = (path: string) => matchesGlob(glob, path);
  const found = files.filter(({ path }) => matches(path));
  return {
    paths: found.filter(({ sizeBytes }) => sizeBytes > 0).map(({ path }) => path),
    empty: found.filter(({ sizeBytes }) => sizeBytes === 0).length,
  };
}

function answerOf(id: string, { approvals = {} }: CheckParameters): EvidenceFor<'approval'> {
  const answer = Object.hasOwn(approvals, id) ? approvals[id] : undefined;
  if (answer === undefined || answer === null)
    return { problem: 'Nobody has been asked to approve it.' };
  const { approved, decisions = [], reason } = answer;
  const wanted = approved ? 'approve' : 'reject';
  return {
    approved,
    by: decisions.filter(({ decision }) => decision === wanted).map(({ by }) => by),
    ...(reason !== undefined && { reason }),
  };
}

const NANO_USD = 1_000_000_000;

async function bindingsOf({ options, call, wanted, survey }: Check): Promise<GateBindings> {
  const { files, hygiene } = survey;
  const [phase, run] = [
    await options.costOf(call.runId, wanted.phase),
    await options.costOf(call.runId),
  ];
  return {
    artifacts: files
      .slice(0, CHECK_LIMITS.listed)
      .map(({ path, sizeBytes }) => ({ path, size_bytes: sizeBytes })),
    metrics: {
      cost_usd: phase / NANO_USD,
      run_cost_usd: run / NANO_USD,
      hygiene_score: hygiene.hygiene_score,
      hygiene_findings: hygiene.findings.length + hygiene.findings_omitted,
      artifacts_total: files.length,
    },
    params: jsonOf(wanted.params),
    intake: jsonOf(wanted.intake),
  };
}

/** What the parameters of an action hold is JSON already. */
function jsonOf(value: unknown): Json {
  return (value ?? {}) as Json;
}

/** Evidence quotes what others have written: long lines of it are cut. */
function bounded(result: GateResult): GateResult {
  const cut = (text: string) =>
    text.length <= CHECK_LIMITS.evidenceChars
      ? text
      : `${text.slice(0, CHECK_LIMITS.evidenceChars).toWellFormed()}...`;
  const { evidence } = result;
  return evidence === undefined ? result : { ...result, evidence: evidence.map(cut) };
}
