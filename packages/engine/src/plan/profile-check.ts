/**
 * What is wrong with a profile beyond its form. What the graph's compiler finds comes on top, and
 * what is wrong with the schema of its intake.
 */
import type {
  Budget,
  Gate,
  Profile,
  ProfileAgent,
  ProfilePhase,
  ValidationError,
} from '@tenuto/contract';
import { gateProblems } from '../governance/gate-problems.ts';
import { needsOfPhases } from './profile.ts';
import { cycleOf } from './profile-cycle.ts';
import { AGENT_ACTION, APPROVAL_GATE, PHASE_NODES } from './profile-phase.ts';
import { TOLD_MOST, toldToAgents } from './profile-size.ts';

type Add = (path: string, message: string, value?: unknown) => void;

/** Parameters that the run sets itself. */
export const RUN_PARAMS = ['intake'] as const;
/** Fields that only an LLM agent has. */
const OF_LLM = [
  'artifacts',
  ...([
    'prompt',
    'system',
    'system_file',
    'model',
    'tools',
    'sub_agents',
    'output_schema',
  ] as const),
  ...(['max_steps', 'max_output_tokens', 'temperature', 'call_timeout_seconds'] as const),
  ...(['call_retries', 'ask_above_usd'] as const),
] satisfies readonly (keyof ProfileAgent)[];

/** All that is wrong with a profile that has the form of one, by JSON pointers into it. */
export function profileProblems(profile: Profile): readonly ValidationError[] {
  const problems: ValidationError[] = [];
  const add: Add = (path, message, value) =>
    problems.push({ path, message, ...(value !== undefined && { value }) });
  for (const name of RUN_PARAMS) {
    if (Object.hasOwn(profile.params ?? {}, name)) {
      add(`/params/${name}`, 'is set by each run; choose another name');
    }
  }
  checkBudget(profile.budget, '/budget', add);
  checkGates(profile.policy?.gates ?? [], { place: '/policy/gates', taken: [] }, add);
  profile.policy?.gates?.forEach(({ type }, i) => {
    if (type !== 'approval') return;
    add(`/policy/gates/${i}/type`, 'stands in a phase, which asks the people', type);
  });
  checkUnique(profile.phases, '/phases', add);
  checkPhaseNeeds(profile.phases, add);
  for (const [i, phase] of profile.phases.entries()) checkPhase(phase, `/phases/${i}`, add);
  checkSize(profile, add);
  return problems;
}

function checkSize(profile: Profile, add: Add): void {
  const told = toldToAgents(profile, needsOfPhases(profile.phases));
  if (told <= TOLD_MOST) return;
  add(
    '/phases',
    `are too many together: their agents would be told of ${told} results and files, and ${TOLD_MOST} is the most; take agents or \`needs\` away, or name the \`artifacts\` of each`,
  );
}

function checkBudget(budget: Budget | undefined, path: string, add: Add): void {
  if (budget === undefined) return;
  const degrades = budget.on_crossing === 'degrade';
  if (degrades && budget.degrade_to === undefined) {
    add(`${path}/degrade_to`, 'is required with `on_crossing: degrade`: name a cheaper model');
  }
  if (!degrades && budget.degrade_to !== undefined) {
    add(`${path}/degrade_to`, 'goes with `on_crossing: degrade` only');
  }
}

function checkUnique(items: readonly { readonly id: string }[], path: string, add: Add): void {
  const seen = new Set<string>();
  items.forEach(({ id }, i) => {
    if (seen.has(id)) add(`${path}/${i}/id`, `"${id}" is there already; ids are unique`, id);
    seen.add(id);
  });
}

function checkPhaseNeeds(phases: readonly ProfilePhase[], add: Add): void {
  const known = new Set(phases.map(({ id }) => id));
  phases.forEach(({ id, needs = [] }, i) => {
    needs.forEach((need, n) => {
      const path = `/phases/${i}/needs/${n}`;
      if (need === id) add(path, `"${id}" cannot need itself`, need);
      else if (!known.has(need)) add(path, `names no phase "${need}"`, need);
    });
  });
  addCycle(
    needsOfPhases(phases),
    (id) => `/phases/${phases.findIndex((phase) => phase.id === id)}/needs`,
    add,
  );
}

/** One that needs itself is told of already. */
function addCycle(
  graph: ReadonlyMap<string, readonly string[]>,
  placeOf: (id: string) => string,
  add: Add,
): void {
  const cycle = cycleOf(graph);
  const [first] = cycle;
  if (first === undefined || cycle.length === 1) return;
  add(
    placeOf(first),
    `they need each other: ${[...cycle, first].join(' -> ')}; take one of these needs away`,
    cycle,
  );
}

function checkPhase(phase: ProfilePhase, place: string, add: Add): void {
  const { agents, gates = [], artifacts = [], approval } = phase;
  checkBudget(phase.budget, `${place}/budget`, add);
  checkUnique(agents, `${place}/agents`, add);
  const asked = gates.filter(({ type }) => type === 'approval').map(({ id }) => `approve-${id}`);
  const taken = new Set<string>([...PHASE_NODES, ...asked]);
  agents.forEach((agent, i) => {
    const path = `${place}/agents/${i}`;
    if (taken.has(agent.id)) {
      add(`${path}/id`, `"${agent.id}" is a part of every phase; choose another id`, agent.id);
    }
    checkAgent(agent, path, add);
    (agent.artifacts ?? []).forEach((wanted, n) => {
      if (artifacts.some((one) => one.path === wanted)) return;
      add(`${path}/artifacts/${n}`, `names no artifact "${wanted}" of the phase`, wanted);
    });
  });
  checkAgentNeeds(agents, `${place}/agents`, add);
  const reserved = approval === undefined ? [] : [APPROVAL_GATE];
  checkGates(gates, { place: `${place}/gates`, taken: reserved }, add);
  checkApproval(approval, `${place}/approval`, add);
  const paths = new Set<string>();
  artifacts.forEach(({ path }, i) => {
    const at = `${place}/artifacts/${i}/path`;
    if (paths.has(path)) add(at, `"${path}" is expected already`, path);
    if (leadsOut(path)) add(at, `must stay below artifacts/${phase.id}/`, path);
    paths.add(path);
  });
}

/** Whether a path is not one below the folder that it is relative to. */
function leadsOut(path: string): boolean {
  return /^[/~]|\\|\0|^[A-Za-z]:|(^|\/)\.\.?(\/|$)|\/\/|\/$/.test(path);
}

function checkAgent(agent: ProfileAgent, path: string, add: Add): void {
  const { uses = AGENT_ACTION } = agent;
  if (uses !== AGENT_ACTION) {
    for (const field of OF_LLM) {
      if (agent[field] !== undefined) {
        add(`${path}/${field}`, `goes with ${AGENT_ACTION} only; give ${uses} its \`with\``);
      }
    }
    return;
  }
  if (agent.with !== undefined) {
    add(`${path}/with`, `goes with other actions; say it in the fields of the agent`);
  }
  if (agent.prompt === undefined) add(`${path}/prompt`, 'is required: what is the agent to do?');
  if (agent.system !== undefined && agent.system_file !== undefined) {
    add(`${path}/system_file`, 'goes in place of system; give one of them');
  }
}

function checkAgentNeeds(agents: readonly ProfileAgent[], place: string, add: Add): void {
  const known = new Set(agents.map(({ id }) => id));
  agents.forEach(({ id, needs = [] }, i) => {
    needs.forEach((need, n) => {
      const path = `${place}/${i}/needs/${n}`;
      if (need === id) add(path, `"${id}" cannot need itself`, need);
      else if (!known.has(need)) add(path, `names no agent "${need}" of this phase`, need);
    });
  });
  const graph = new Map(agents.map(({ id, needs = [] }) => [id, needs]));
  addCycle(graph, (id) => `${place}/${agents.findIndex((one) => one.id === id)}/needs`, add);
}

function checkGates(
  gates: readonly Gate[],
  { place, taken }: { readonly place: string; readonly taken: readonly string[] },
  add: Add,
): void {
  checkUnique(gates, place, add);
  gates.forEach((gate, i) => {
    const path = `${place}/${i}`;
    if (taken.includes(gate.id)) {
      add(`${path}/id`, `"${gate.id}" is what the phase's own approval is called`, gate.id);
    }
    if (gate.type === 'approval') checkApproval(gate, path, add);
  });
  for (const { index, field, message } of gateProblems(gates)) {
    if (field === 'id' || field === 'required') continue;
    const written = Object.entries(gates[index] ?? {}).find(([name]) => name === field);
    add(`${place}/${index}/${field}`, message, written?.[1]);
  }
}

function checkApproval(rule: ProfilePhase['approval'], path: string, add: Add): void {
  if (rule?.approvers === undefined) return;
  const { approvers, required = 1 } = rule;
  // A team has any number of members.
  if (approvers.some((name) => !/^(agent|user):/.test(name))) return;
  if (required <= new Set(approvers).size) return;
  add(`${path}/required`, `is more than there are approvers (${approvers.length})`, required);
}
