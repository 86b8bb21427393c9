/** A tool's call that is made once: what it answered stands in the ledger, and is told again. */
import type { JsonObject } from '@tenuto/contract';
import { allowRepeat } from './ambiguity.ts';
import { AgentStop, stop } from './failure.ts';
import { recording } from './ledger-access.ts';
import { hashOf } from './request-hash.ts';
import type { AgentSession, CallPlace } from './session.ts';
import type { AgentTool, ToolUse } from './tool/agent-tool.ts';
import { readToolAnswer, type ToolAnswer } from './turn.ts';

/**
 * What a tool answers, recorded so that another attempt continues from the same words: even what only
 * looks may see something else the next time.
 * @throws AgentStop
 */
export async function askTool(
  session: AgentSession,
  tool: AgentTool,
  { input, place }: { readonly input: JsonObject; readonly place: CallPlace },
): Promise<ToolAnswer> {
  if (tool.keepsItsCalls === true) return await tool.run(input, useOf(session, place));
  const call = {
    ...session.keyOf(place),
    ...{ target: tool.name, kind: 'tool' as const },
    requestHash: hashOf([tool.name, input]),
  };
  let repeat = false;
  for (;;) {
    session.check();
    const begun = await recording(session, (ledger) =>
      ledger.begin({ ...call, ...(repeat && { repeatUnknown: true }) }),
    );
    if (begun.state === 'done') return recorded(begun.result);
    if (begun.state === 'begun')
      return await make(session, tool, { input, place, callId: begun.callId });
    if (begun.state !== 'unknown') await session.pause(1_000);
    else {
      if (!tool.repeatable)
        forgive(session, tool, { place, fromBefore: true, approved: begun.approved });
      repeat = true;
    }
  }
}

interface Making {
  readonly input: JsonObject;
  readonly place: CallPlace;
  readonly callId: string;
}

async function make(
  session: AgentSession,
  tool: AgentTool,
  { input, place, callId }: Making,
): Promise<ToolAnswer> {
  const { clock } = session.parts;
  const startedAt = clock.wall();
  const { outcomeUnknown, ...answer } = await session.alive(tool.run(input, useOf(session, place)));
  session.check();
  // The model is told, and may call again itself, where the node says that this does no harm.
  if (outcomeUnknown === true) forgive(session, tool, { place, fromBefore: false });
  const result = JSON.parse(JSON.stringify(answer));
  const times = { startedAt, endedAt: clock.wall() };
  await recording(session, (ledger) => ledger.finish(callId, { result, ...times }));
  return answer;
}

function forgive(
  session: AgentSession,
  { name: target }: AgentTool,
  {
    place,
    fromBefore,
    approved = false,
  }: { readonly place: CallPlace; readonly fromBefore: boolean; readonly approved?: boolean },
): void {
  allowRepeat(session, { place, target, estimateNanoUsd: undefined, fromBefore, approved });
}

function recorded(result: Parameters<typeof readToolAnswer>[0]): ToolAnswer {
  const answer = readToolAnswer(result);
  if (answer !== undefined) return answer;
  throw stop('permanent', 'ledger_unreadable', 'A recorded answer of a tool cannot be read.');
}

function useOf(session: AgentSession, place: CallPlace): ToolUse {
  const { idempotencyKey } = session.call;
  const key = `${idempotencyKey}/${place.loop}/${place.step}/${place.tool}`;
  return { session, place, key };
}

/** Ends of the attempt go through; whatever else a tool throws is its answer to the model. */
export function isStop(thrown: unknown): thrown is AgentStop {
  return thrown instanceof AgentStop;
}
