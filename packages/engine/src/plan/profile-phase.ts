/** The nodes of one phase of a profile. */
import type {
  ApprovalRule,
  Gate,
  Json,
  JsonObject,
  NodeInput,
  Profile,
  ProfileAgent,
  ProfilePhase,
} from '@tenuto/contract';
import { literal } from './profile-literal.ts';
import type { OrderedPhase, PlacedNode } from './profile-parts.ts';

/** What works where a profile does not say otherwise. */
export const AGENT_ACTION = 'agent.run';
/** Ids of nodes that every phase has; no agent can be called so. */
export const PHASE_NODES = ['start', 'next', 'approve', 'gates'] as const;

/** Goes on behind agents that were skipped by their `if`, and not behind one that failed. */
const PASSED = `parents.all(p, p.status == 'completed' || p.status == 'skipped')`;
/** Fields of an agent that are the node's, not the action's. */
const OF_NODE: ReadonlySet<string> = new Set([
  ...['id', 'description', 'uses', 'with', 'needs', 'if', 'on_ambiguous'],
  ...['timeout_seconds', 'max_retries', 'prompt', 'artifacts'],
]);

interface Phase {
  readonly profile: Profile;
  readonly phase: ProfilePhase;
  readonly index: number;
  readonly needs: readonly string[];
  /** All phases that are over when this one begins. */
  readonly before: readonly OrderedPhase[];
  readonly waits: boolean;
}

/** The id of a phase's checkpoint, to which a rollback to the phase returns. */
export function startOf(phase: string): string {
  return `${phase}/start`;
}

/** The id of the node that waits to be told that the phase is to be executed. */
export function nextOf(phase: string): string {
  return `${phase}/next`;
}

export function gatesOf(phase: string): string {
  return `${phase}/gates`;
}

/** The signal that a phase waits for. */
export function nextSignal(phase: string): string {
  return `next:${phase}`;
}

export function agentOf(phase: string, agent: string): string {
  return `${phase}/${agent}`;
}

/** The id of the node that asks people, about the phase or for one of its gates. */
export function approvalOf(phase: string, gate: string | undefined): string {
  return gate === undefined ? `${phase}/approve` : `${phase}/approve-${gate}`;
}

export function phaseNodes(of: Phase): PlacedNode[] {
  const { phase, index, needs, waits } = of;
  const place = `/phases/${index}`;
  const { id, name = id } = phase;
  const start: NodeInput = {
    ...{ id: startOf(id), name, type: 'checkpoint' },
    ...(needs.length > 0 && { parent_nodes: needs.map(gatesOf) }),
  };
  const next: NodeInput = {
    ...{ id: nextOf(id), uses: 'signal.wait', with: { name: nextSignal(id) } },
    parent_nodes: [startOf(id)],
  };
  const approvals = approvalNodes(of, place);
  return [
    { node: start, place },
    ...(waits ? [{ node: next, place }] : []),
    ...phase.agents.map((agent, i) => agentNode(of, agent, `${place}/agents/${i}`)),
    ...approvals,
    gatesNode(of, place, approvals),
  ];
}

function agentNode(of: Phase, agent: ProfileAgent, place: string): PlacedNode {
  const { phase, waits } = of;
  const needs = agent.needs ?? [];
  const parents =
    needs.length > 0
      ? needs.map((need) => agentOf(phase.id, need))
      : [waits ? nextOf(phase.id) : startOf(phase.id)];
  const { uses = AGENT_ACTION, description } = agent;
  const node: NodeInput = {
    ...{ id: agentOf(phase.id, agent.id), uses },
    with: uses === AGENT_ACTION ? agentParameters(of, agent) : (agent.with ?? {}),
    ...behind(
      parents,
      needs.some((need) => mayBeSkipped(phase, need)),
    ),
    ...(description !== undefined && { description }),
    ...(agent.if !== undefined && { if: agent.if }),
    ...(agent.on_ambiguous !== undefined && { on_ambiguous: agent.on_ambiguous }),
    ...(agent.timeout_seconds !== undefined && { timeout_seconds: agent.timeout_seconds }),
    ...(agent.max_retries !== undefined && { max_retries: agent.max_retries }),
  };
  return uses === AGENT_ACTION
    ? { node, place, fields: { '/with/input': '', '/with': '' } }
    : { node, place };
}

/** What `agent.run` is told: what the profile says, what was left before it, and what was found. */
function agentParameters({ profile, phase, before }: Phase, agent: ProfileAgent): JsonObject {
  const said = Object.entries(agent).filter(([field]) => !OF_NODE.has(field));
  const colleagues = (agent.needs ?? []).flatMap((id) => phase.agents.filter((a) => a.id === id));
  const expected = (phase.artifacts ?? []).filter(
    ({ path }) => agent.artifacts === undefined || agent.artifacts.includes(path),
  );
  const allowed = profile.policy?.allowed_models;
  const earlier = [
    ...before.flatMap(({ phase: done }) => done.agents.map((one) => leftBy(done.id, one))),
    ...colleagues.map((one) => leftBy(phase.id, one)),
  ];
  return {
    ...(profile.model !== undefined && { model: literal(profile.model) }),
    ...(Object.fromEntries(said) as JsonObject),
    // Schemas hold what may look like a template and is none.
    ...(agent.output_schema !== undefined && { output_schema: literal(agent.output_schema) }),
    ...(allowed !== undefined && { allowed_models: literal(allowed) }),
    ...{ agent: agent.id, prompt: agent.prompt ?? '', phase: phase.id },
    input: { intake: '${params.intake}', ...(earlier.length > 0 && { earlier }) },
    feedback: `\${nodes['${gatesOf(phase.id)}'].previous}`,
    ...(expected.length > 0 && { expected_artifacts: expected.map((file) => literal(file)) }),
  };
}

/** What an agent has left, for those who come after it: of an LLM its last words and its files. */
function leftBy(phase: string, { id, uses = AGENT_ACTION }: ProfileAgent): JsonObject {
  const node = JSON.stringify(agentOf(phase, id));
  const done = (value: string) => `\${nodes[${node}].status == 'completed' ? ${value} : null}`;
  if (uses !== AGENT_ACTION) return { phase, agent: id, output: done(`steps[${node}]`) };
  return {
    ...{ phase, agent: id },
    summary: done(`steps[${node}].text`),
    artifacts: done(`steps[${node}].artifacts`),
  };
}

function approvalNodes({ phase, index }: Phase, place: string): PlacedNode[] {
  const { approval, gates = [] } = phase;
  const nodes = gates.flatMap((gate, i): PlacedNode[] =>
    gate.type === 'approval'
      ? [{ node: approvalNode(phase, gate, gate.id), place: `${place}/gates/${i}` }]
      : [],
  );
  if (approval === undefined) return nodes;
  const node = approvalNode(phase, approval, undefined);
  return [...nodes, { node, place: `/phases/${index}/approval` }];
}

function approvalNode(phase: ProfilePhase, rule: ApprovalRule, gate: string | undefined) {
  const { approvers, required, deadline_seconds, on_deadline, message } = rule;
  const said = { approvers, required, deadline_seconds, on_deadline, message };
  const { id, name = id } = phase;
  const title = gate === undefined ? `Approve ${name}` : `Approve ${name}: ${gate}`;
  return {
    ...{ id: approvalOf(id, gate), uses: 'approval.request' },
    with: literal({ title, phase: id, ...withoutUndefined(said) }),
    ...behind(
      phase.agents.map((agent) => agentOf(id, agent.id)),
      phase.agents.some((agent) => mayBeSkipped(phase, agent.id)),
    ),
  } satisfies NodeInput;
}

function gatesNode(
  { profile, phase, waits }: Phase,
  place: string,
  approvals: readonly PlacedNode[],
): PlacedNode {
  const { id, gates = [], artifacts, approval } = phase;
  const agents = phase.agents.map((agent) => agentOf(id, agent.id));
  const asked = [
    ...gates.flatMap((gate) => (gate.type === 'approval' ? [gate.id] : [])),
    ...(approval === undefined ? [] : [undefined]),
  ];
  const answers = asked.map((gate) => [
    gate ?? APPROVAL_GATE,
    `\${steps['${approvalOf(id, gate)}']}`,
  ]);
  const own: readonly Gate[] =
    approval === undefined
      ? gates
      : [...gates, { id: APPROVAL_GATE, type: 'approval', ...approval }];
  const skipped = phase.agents.some((agent) => mayBeSkipped(phase, agent.id));
  const node: NodeInput = {
    ...{ id: gatesOf(id), uses: 'governance.check' },
    with: {
      ...{ phase: id, gates: literal(own) },
      ...(artifacts !== undefined && { artifacts: literal(artifacts) }),
      ...(profile.policy !== undefined && { policy: literal(profile.policy) }),
      ...(waits && { skip_warnings: `\${steps['${nextOf(id)}'] == {'skip_validation': true}}` }),
      ...(answers.length > 0 && { approvals: Object.fromEntries(answers) as JsonObject }),
      ...{ intake: '${params.intake}', params: '${params}' },
    },
    ...behind([...agents, ...approvals.map(({ node: { id: asking } }) => asking)], skipped),
  };
  return { node, place, fields: { '/with/gates': '/gates', '/with/artifacts': '/artifacts' } };
}

/** The gate that a phase's own `approval` is. */
export const APPROVAL_GATE = 'approve';

function behind(
  parents: readonly string[],
  skipped: boolean,
): Pick<NodeInput, 'parent_nodes' | 'dependency_condition' | 'condition_expression'> {
  if (!skipped) return { parent_nodes: [...parents] };
  return {
    ...{ parent_nodes: [...parents], dependency_condition: 'conditional' },
    condition_expression: PASSED,
  };
}

function mayBeSkipped(phase: ProfilePhase, agent: string): boolean {
  return phase.agents.find(({ id }) => id === agent)?.if !== undefined;
}

function withoutUndefined(object: Readonly<Record<string, unknown>>): JsonObject {
  const said = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as Record<string, Json>;
}
