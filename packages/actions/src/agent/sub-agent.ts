/** Agents that an agent calls like tools: with a loop, tools and a model of their own. */
import type { JsonObject } from '@tenuto/contract';
import Type from 'typebox';
import { Check } from 'typebox/value';
import { AgentStop } from './failure.ts';
import { AGENT_LIMITS } from './limits.ts';
import type { SubAgent } from './parameters.ts';
import { type AgentTool, answer, refusal, type Told, type ToolUse } from './tool/agent-tool.ts';
import { wireName } from './tool/tool-name.ts';

const INPUT = Type.Object(
  {
    task: Type.String({
      minLength: 1,
      description: 'All that it has to know: it sees nothing of this conversation.',
    }),
  },
  { additionalProperties: false },
);

/** By these a sub-agent has failed, and the one that called it can go on without it. */
const ITS_OWN: ReadonlySet<string> = new Set(['max_steps', 'content_filtered', 'context_exceeded']);

/** What a sub-agent is asked, and where it stands. */
export interface Errand {
  readonly agent: SubAgent;
  readonly task: string;
  readonly loop: string;
  readonly depth: number;
}

/**
 * The tools `agent.<name>` for the sub-agents of a node, as an agent at `depth` has them.
 * @param run does the errand, and gives the sub-agent's last words
 */
export function subAgentTools(
  agents: readonly SubAgent[],
  depth: number,
  run: (errand: Errand, use: ToolUse) => Promise<string>,
): ReadonlyMap<string, AgentTool> {
  const tools = agents.map((agent) => {
    const name = `agent.${agent.name}`;
    return [name, toolOf(agent, { name, depth, run })] as const;
  });
  return new Map(tools);
}

interface Way {
  readonly name: string;
  readonly depth: number;
  run(errand: Errand, use: ToolUse): Promise<string>;
}

function toolOf(agent: SubAgent, { name, depth, run }: Way): AgentTool {
  const inputSchema: JsonObject = JSON.parse(JSON.stringify(INPUT));
  return {
    name,
    spec: { name: wireName(name), description: agent.description, inputSchema },
    repeatable: true,
    keepsItsCalls: true,
    async run(input, use): Promise<Told> {
      const given: unknown = input;
      if (!Check(INPUT, given)) return refusal(`${name}: the input does not fit its schema.`);
      if (depth >= AGENT_LIMITS.depth) {
        return refusal(
          `${name}: sub-agents are ${AGENT_LIMITS.depth} deep at most; do it yourself.`,
        );
      }
      const { loop, step, tool } = use.place;
      const errand = { agent, task: given.task, depth: depth + 1 };
      try {
        return answer(await run({ ...errand, loop: `${loop}/${step}.${agent.name}.${tool}` }, use));
      } catch (thrown) {
        if (thrown instanceof AgentStop && ITS_OWN.has(thrown.error.type))
          return refusal(thrown.message);
        throw thrown;
      }
    },
  };
}
