import type { GovernancePolicy, JsonObject } from '@tenuto/contract';
import type { ActionCall, ActionOutcome, CallLedger, Clock, Workspaces } from '@tenuto/engine';
import { WorkspaceError } from '@tenuto/engine';
import { Check } from 'typebox/value';
import { type ActionDefinition, refused } from '../action.ts';
import type { CommandOptions } from '../command/options.ts';
import type { McpCallParts } from '../mcp/mcp-call.ts';
import { AgentStop, stop } from './failure.ts';
import { AGENT_LIMITS } from './limits.ts';
import { type Work, type WorkDone, work } from './loop.ts';
import type { ModelCatalogue } from './model/agent-model.ts';
import { allowedModels } from './model/allowed-models.ts';
import { AGENT_PARAMETERS, type AgentParameters, type SubAgent } from './parameters.ts';
import { systemText, taskText, wholePath } from './prompt-text.ts';
import { AgentSession } from './session.ts';
import { answerReader } from './structured-answer.ts';
import { type Errand, subAgentTools } from './sub-agent.ts';
import type { AgentTool } from './tool/agent-tool.ts';
import { DEFAULT_TOOLS, toolSet } from './tool/tool-set.ts';
import type { NoteOf } from './tool/workspace-tools.ts';

export interface AgentOptions {
  readonly models: ModelCatalogue & { close?(): Promise<void> };
  readonly ledger: CallLedger;
  readonly workspaces: Workspaces;
  /** A system prompt by the name of its file; undefined when there is none. */
  readonly findPrompt: (name: string) => Promise<string | undefined>;
  readonly commands: CommandOptions;
  readonly mcp: McpCallParts;
  readonly clock: Clock;
  /** Of the deployment. */
  readonly policy?: Pick<GovernancePolicy, 'allowed_models'>;
}

/**
 * The action `agent.run`: an agent that a model drives. Its calls of models and tools stand in a
 * ledger, so that an attempt after a crash goes on where the one before it was cut off, and pays for
 * nothing twice.
 */
export function agentRun(options: AgentOptions): ActionDefinition {
  return {
    name: 'agent.run',
    description: 'Lets an LLM agent work, with tools, in the workspace of the run.',
    parameters: AGENT_PARAMETERS,
    knowsItsCalls: true,
    ownFailures: OWN_FAILURES,
    async run(call) {
      const given: unknown = call.with;
      if (!Check(AGENT_PARAMETERS, given))
        return refused('invalid_parameters', 'with does not fit.');
      const models = allowedModels(options.models, {
        deployment: options.policy?.allowed_models,
        profile: given.allowed_models,
      });
      return await runAgent({ ...options, models }, call, given);
    },
    close: async () => await options.models.close?.(),
  };
}

/** What a model's recorded answers have led to, and would lead to again. */
const OWN_FAILURES: ReadonlySet<string> = new Set([
  ...['max_steps', 'content_filtered', 'invalid_output', 'context_exceeded'],
  ...['ledger_unreadable', 'agent_failed'],
]);

async function runAgent(
  options: AgentOptions,
  call: ActionCall,
  parameters: AgentParameters,
): Promise<ActionOutcome> {
  let session: AgentSession | undefined;
  let model = parameters.model ?? options.models.defaultModel;
  try {
    session = await openSession(options, call, parameters);
    const main = await new Agents(options, session, parameters).main();
    model = main.model.name;
    const done = await work(session, main);
    return { status: 'completed', output: outputOf(session, done) };
  } catch (thrown) {
    const { status, error } = stopOf(thrown);
    const unfinished = { text: '', finish: 'error', model };
    return {
      status,
      error,
      ...(session !== undefined && { output: outputOf(session, unfinished) }),
    };
  }
}

function stopOf(thrown: unknown): AgentStop {
  if (thrown instanceof AgentStop) return thrown;
  if (thrown instanceof WorkspaceError) {
    const away = thrown.kind === 'unavailable';
    return stop(away ? 'infrastructure' : 'permanent', `workspace_${thrown.kind}`, thrown.message);
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return stop('unknown', 'agent_failed', message);
}

async function openSession(
  { ledger, models, workspaces, clock }: AgentOptions,
  call: ActionCall,
  parameters: AgentParameters,
): Promise<AgentSession> {
  const {
    phase,
    ask_above_usd: above,
    call_timeout_seconds: seconds,
    call_retries: retries,
  } = parameters;
  const { runId, owner, node = 0, nodeId, attempt } = call;
  const inPhase = phase === undefined ? {} : { phase };
  const workspace = await workspaces.open({ runId, owner, node, nodeId, attempt, ...inPhase });
  const options = {
    ...inPhase,
    askAboveUsd: above ?? AGENT_LIMITS.askAboveUsd,
    callMs: seconds === undefined ? AGENT_LIMITS.callMs : seconds * 1_000,
    callRetries: retries ?? AGENT_LIMITS.callRetries,
  };
  return new AgentSession(call, { ledger, models, clock }, { options, workspace });
}

function outputOf(session: AgentSession, { text, object, finish, model }: WorkDone): JsonObject {
  const { input, output, cached, reasoning } = session.usage;
  return {
    text,
    ...(object !== undefined && { object }),
    model,
    finish_reason: finish,
    steps: session.steps,
    usage: { input, output, cached, reasoning },
    cost_usd: session.costNanoUsd / 1e9,
    artifacts: [...session.paths].sort(),
  };
}

/** Makes the work of a node's agent, and of its sub-agents, out of its parameters. */
class Agents {
  readonly #options: AgentOptions;
  readonly #session: AgentSession;
  readonly #parameters: AgentParameters;

  constructor(options: AgentOptions, session: AgentSession, parameters: AgentParameters) {
    this.#options = options;
    this.#session = session;
    this.#parameters = parameters;
  }

  async main(): Promise<Work> {
    const parameters = this.#parameters;
    const { agent, sub_agents: subAgents = [], output_schema: schema } = parameters;
    const names = [
      ...(parameters.tools ?? DEFAULT_TOOLS),
      ...subAgents.map(({ name }) => `agent.${name}`),
    ];
    const required = this.#expected()
      .filter((file) => file.required)
      .map(({ path }) => path);
    const model = await this.#model(parameters.model);
    if (model.scripted) {
      this.#session.say(`${model.name} replays recorded answers: no model is asked.`);
    }
    return {
      ...(await this.#common({ agent, names, depth: 0, ...own(parameters) })),
      ...{ agent, loop: 'main', model, task: taskText(parameters), required },
      maxSteps: parameters.max_steps ?? AGENT_LIMITS.steps,
      maxOutputTokens: Math.min(
        parameters.max_output_tokens ?? model.maxOutputTokens,
        model.maxOutputTokens,
      ),
      ...(schema !== undefined && { reader: answerReader(plain(schema)) }),
      scripted: this.#scripted(agent, parameters.prompt),
    };
  }

  async #errand({ agent, task, loop, depth }: Errand): Promise<string> {
    const { name, tools = ['workspace.read', 'workspace.list', 'workspace.search'] } = agent;
    const model = await this.#model(agent.model ?? this.#parameters.model);
    const { expected: _, schema: _s, ...scripted } = this.#scripted(name, task);
    const done = await work(this.#session, {
      ...(await this.#common({ agent: name, names: tools, depth, ...own(agent) })),
      ...{ agent: name, loop, model, task, required: [] },
      maxSteps: agent.max_steps ?? AGENT_LIMITS.steps,
      maxOutputTokens: model.maxOutputTokens,
      scripted: { ...scripted, expected: [] },
    });
    return done.text;
  }

  async #common({ names, depth, system, file }: Common): Promise<CommonWork> {
    const { sub_agents: agents = [], temperature } = this.#parameters;
    const below = subAgentTools(agents, depth, (errand) => this.#errand(errand));
    const wanted = { names, agents: below, noteOf: this.#noteOf };
    const tools = await toolSet(this.#options, this.#session, wanted);
    const own = file === undefined ? system : await this.#prompt(file, system);
    return {
      tools,
      system: systemText(
        own,
        tools.some(({ name }) => name.startsWith('workspace.')),
      ),
      ...(temperature !== undefined && { temperature }),
    };
  }

  /** A file's words come before those that are written beside its name. */
  async #prompt(file: string, more: string | undefined): Promise<string> {
    const text = await this.#options.findPrompt(file);
    if (text === undefined) {
      throw stop('validation', 'unknown_prompt', `There is no prompt file "${file}".`);
    }
    return more === undefined ? text : `${text.trim()}\n\n${more}`;
  }

  #model(name: string | undefined) {
    const { models } = this.#options;
    return models.find(name ?? models.defaultModel, this.#session.call.owner);
  }

  #expected() {
    const { expected_artifacts: expected = [], phase } = this.#parameters;
    return expected.map((file) => ({
      ...file,
      required: file.required ?? true,
      path: wholePath(file, phase),
    }));
  }

  readonly #noteOf: NoteOf = (path) => {
    const file = this.#expected().find((each) => each.path === path);
    if (file === undefined) return undefined;
    const { type, description } = file;
    return {
      ...(type !== undefined && { type }),
      ...(description !== undefined && { description }),
    };
  };

  #scripted(agent: string, prompt: string) {
    const { phase, input, output_schema: schema } = this.#parameters;
    return {
      ...{ agent, prompt, expected: this.#expected() },
      ...(phase !== undefined && { phase }),
      ...(input !== undefined && { input }),
      ...(schema !== undefined && { schema: plain(schema) }),
    };
  }
}

interface Common {
  readonly agent: string;
  readonly names: readonly string[];
  readonly depth: number;
  readonly system?: string;
  readonly file?: string;
}
type CommonWork = Pick<Work, 'tools' | 'system' | 'temperature'> & {
  readonly tools: readonly AgentTool[];
};

function own({ system, system_file: file }: Pick<SubAgent, 'system' | 'system_file'>) {
  return { ...(system !== undefined && { system }), ...(file !== undefined && { file }) };
}

/** It came with the call's parameters, which are JSON. */
function plain(schema: Readonly<Record<string, unknown>>): JsonObject {
  return JSON.parse(JSON.stringify(schema));
}
