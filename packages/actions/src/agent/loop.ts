/** An agent at work: it asks its model, does what the model wants done, and asks again. */
import type { Json, JsonObject } from '@tenuto/contract';
import { fitted } from './compaction.ts';
import { askModel } from './durable-model.ts';
import { askTool, isStop } from './durable-tool.ts';
import { stop } from './failure.ts';
import { isObject } from './json-object.ts';
import { AGENT_LIMITS } from './limits.ts';
import type { AgentModel } from './model/agent-model.ts';
import { missingText, repairText, toolText } from './prompt-text.ts';
import type { ScriptedContext } from './scripted/library.ts';
import type { AgentSession } from './session.ts';
import type { AnswerReader } from './structured-answer.ts';
import { type AgentTool, inputFault } from './tool/agent-tool.ts';
import { workspaceTools } from './tool/workspace-tools.ts';
import {
  type Answer,
  type Question,
  type ToolAnswer,
  type ToolCallPart,
  type ToolResult,
  type Turn,
  textOf,
  toolCallsOf,
} from './turn.ts';

export interface Work {
  readonly agent: string;
  /** `main`, or the path of a sub-agent. */
  readonly loop: string;
  readonly model: AgentModel;
  readonly system: string;
  readonly task: string;
  readonly tools: readonly AgentTool[];
  readonly maxSteps: number;
  readonly maxOutputTokens: number;
  readonly temperature?: number;
  readonly reader?: AnswerReader;
  /** Whole paths of the files that have to be there at the end. */
  readonly required: readonly string[];
  readonly scripted: ScriptedContext;
}

export interface WorkDone {
  readonly text: string;
  readonly object?: Json;
  readonly finish: string;
  readonly model: string;
}

/** @throws AgentStop */
export async function work(session: AgentSession, plan: Work): Promise<WorkDone> {
  return await new Loop(session, plan).run();
}

class Loop {
  readonly #session: AgentSession;
  readonly #plan: Work;
  readonly #turns: Turn[];
  readonly #tools: ReadonlyMap<string, AgentTool>;
  #step = 0;
  #repairs = 0;
  #reminded = false;

  constructor(session: AgentSession, plan: Work) {
    this.#session = session;
    this.#plan = plan;
    this.#turns = [{ role: 'user', text: plan.task }];
    this.#tools = new Map(plan.tools.map((tool) => [tool.spec.name, tool]));
  }

  async run(): Promise<WorkDone> {
    const { maxSteps, agent } = this.#plan;
    for (; this.#step < maxSteps; this.#step += 1) {
      const answer = await this.#ask();
      this.#turns.push({ role: 'assistant', parts: answer.parts, model: answer.model });
      const calls = toolCallsOf(answer);
      if (calls.length > 0) {
        this.#turns.push({ role: 'tool', results: await this.#useTools(calls) });
        continue;
      }
      const done = await this.#ended(answer);
      if (done !== undefined) return done;
    }
    const message = `${agent} has not come to an end within ${maxSteps} steps (max_steps).`;
    throw stop('permanent', 'max_steps', message);
  }

  async #ask(): Promise<Answer> {
    const { agent, loop, model, scripted } = this.#plan;
    const place = { agent, loop, step: this.#step, tool: '' };
    const question = fitted(this.#question(), model.contextTokens);
    const answer = await askModel(this.#session, { place, question, model, scripted });
    if (answer.finish === 'content_filter') {
      const message = `${answer.model} refused to answer (content filter).`;
      throw stop('permanent', 'content_filtered', message);
    }
    return answer;
  }

  #question(): Question {
    const { system, tools, maxOutputTokens, temperature, reader } = this.#plan;
    // Most providers either call tools or keep to a schema.
    const strict = reader !== undefined && (tools.length === 0 || this.#repairs > 0);
    return {
      system,
      turns: [...this.#turns],
      tools: tools.map(({ spec }) => spec),
      maxOutputTokens,
      ...(temperature !== undefined && { temperature }),
      ...(strict && { schema: reader.schema }),
    };
  }

  /** @returns undefined when the agent is told to go on */
  async #ended(answer: Answer): Promise<WorkDone | undefined> {
    const { finish, model } = answer;
    const text = textOf(answer);
    const missing = await this.#missing();
    if (missing.length > 0) {
      this.#turns.push({ role: 'user', text: missingText(missing) });
      return undefined;
    }
    if (finish === 'length') {
      this.#session.say(`${this.#plan.agent}: the answer was cut at max_output_tokens.`);
    }
    const { reader } = this.#plan;
    if (reader === undefined) return { text, finish, model };
    const read = reader.read(text);
    if ('object' in read) return { text, object: read.object, finish, model };
    this.#repair(read.problems, reader.schema);
    return undefined;
  }

  #repair(problems: readonly string[], schema: JsonObject): void {
    if (this.#repairs === AGENT_LIMITS.repairs) {
      const message = `The answer of ${this.#plan.agent} does not fit output_schema: ${problems.join('; ')}.`;
      throw stop('validation', 'invalid_output', message);
    }
    this.#repairs += 1;
    this.#session.say(`The answer does not fit output_schema: ${problems.join('; ')}.`);
    this.#turns.push({ role: 'user', text: repairText(problems, schema) });
  }

  /** Required files that are not there; asked for once, and looked up as a tool would. */
  async #missing(): Promise<readonly string[]> {
    const { required, agent, loop, tools } = this.#plan;
    const canWrite = tools.some(({ name }) => name === 'workspace.write');
    if (this.#reminded || required.length === 0 || !canWrite) return [];
    const unwritten = required.filter((path) => !this.#session.paths.has(path));
    if (unwritten.length === 0) return [];
    this.#reminded = true;
    const place = { agent, loop, step: this.#step, tool: 'required' };
    const looked = await askTool(this.#session, presence(unwritten), { input: {}, place });
    return looked.text === '' ? [] : looked.text.split('\n');
  }

  async #useTools(calls: readonly ToolCallPart[]): Promise<readonly ToolResult[]> {
    const results: ToolResult[] = [];
    for (const call of calls) {
      this.#session.check();
      const { text, isError, paths = [] } = await this.#use(call);
      for (const path of paths) this.#session.paths.add(path);
      const { id, name } = call;
      const shown = this.#tools.get(name)?.name ?? name;
      results.push({ id, name, isError, text: isError ? text : toolText(shown, text) });
    }
    return results;
  }

  async #use({ id, name, input: written }: ToolCallPart): Promise<ToolAnswer> {
    const tool = this.#tools.get(name);
    if (tool === undefined) {
      const known = [...this.#tools.keys()].join(', ') || 'none';
      return wrong(`There is no tool "${name.slice(0, 100)}". Tools: ${known}.`);
    }
    const input = objectIn(written);
    if (input === undefined) return wrong(`${name}: the input is not a JSON object.`);
    const fault = inputFault(tool, input);
    if (fault !== undefined) return wrong(`${name}: the input does not fit: ${fault}.`);
    const { agent, loop } = this.#plan;
    this.#session.say(`${agent} calls ${tool.name} ${brief(input)}`);
    try {
      const place = { agent, loop, step: this.#step, tool: id };
      return await askTool(this.#session, tool, { input, place });
    } catch (thrown) {
      this.#session.check();
      if (isStop(thrown)) throw thrown;
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      throw stop('infrastructure', 'tool_failed', `${tool.name} failed: ${reason}`);
    }
  }
}

/** Names the files, of those given, that are not there. */
function presence(paths: readonly string[]): AgentTool {
  const [list] = workspaceTools(() => undefined).filter(({ name }) => name === 'workspace.list');
  if (list === undefined) throw new RangeError('There is no workspace.list.');
  return {
    ...list,
    async run(_input, { session }) {
      const there = new Set((await session.workspace.list()).map(({ path }) => path));
      return { text: paths.filter((path) => !there.has(path)).join('\n'), isError: false };
    },
  };
}

function wrong(text: string): ToolAnswer {
  return { text, isError: true };
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(text === '' ? '{}' : text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const BRIEF_CHARS = 160;

function brief(input: JsonObject): string {
  const text = JSON.stringify(input, (_, value: unknown) =>
    typeof value === 'string' && value.length > BRIEF_CHARS ? `${value.slice(0, 40)}…` : value,
  );
  return text.slice(0, BRIEF_CHARS).toWellFormed();
}
