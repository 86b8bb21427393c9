/** Makes a conversation fit into what a model can read, in the same way each time. */
import { stop } from './failure.ts';
import { AGENT_LIMITS } from './limits.ts';
import { bytesOf } from './request-hash.ts';
import type { AnswerPart, Question, Turn } from './turn.ts';

/** What is left of an old result of a tool. */
const KEPT_CHARS = 400;
/** The latest turns are left as they are: the model is working with them. */
const UNTOUCHED_TURNS = 4;

/**
 * The question, shortened where it is too long for `contextTokens`: old results of tools first, the
 * oldest before the others, then what old calls of tools were given.
 * @throws AgentStop `context_exceeded` when that does not help
 */
export function fitted(question: Question, contextTokens: number): Question {
  const room = (contextTokens - question.maxOutputTokens) * AGENT_LIMITS.bytesPerToken;
  let turns = question.turns;
  let bytes = bytesOf(question);
  for (const shorten of [shortResults, shortCalls]) {
    const last = turns.length - UNTOUCHED_TURNS;
    for (let index = 1; index < last && bytes > room; index += 1) {
      const turn = turns[index];
      const shorter = turn && shorten(turn);
      if (shorter === undefined || shorter === turn) continue;
      turns = turns.with(index, shorter);
      bytes = bytesOf({ ...question, turns });
    }
  }
  if (bytes <= room) return turns === question.turns ? question : { ...question, turns };
  const message = `The conversation has about ${Math.ceil(bytes / AGENT_LIMITS.bytesPerToken)} tokens, and the model reads ${contextTokens} less ${question.maxOutputTokens} for its answer. Give the agent less at once, or name a model that reads more.`;
  throw stop('permanent', 'context_exceeded', message);
}

function shortResults(turn: Turn): Turn {
  if (turn.role !== 'tool') return turn;
  const results = turn.results.map((result) => ({ ...result, text: shortened(result.text) }));
  return results.every(({ text }, index) => text === turn.results[index]?.text)
    ? turn
    : { ...turn, results };
}

function shortCalls(turn: Turn): Turn {
  if (turn.role !== 'assistant') return turn;
  const parts = turn.parts.map(shortCall);
  return parts.every((part, index) => part === turn.parts[index]) ? turn : { ...turn, parts };
}

function shortCall(part: AnswerPart): AnswerPart {
  if (part.type !== 'tool_call' || part.input.length <= KEPT_CHARS) return part;
  const note = { shortened: part.input.slice(0, KEPT_CHARS).toWellFormed() };
  return { ...part, input: JSON.stringify(note) };
}

function shortened(text: string): string {
  if (text.length <= 2 * KEPT_CHARS) return text;
  const kept = text.slice(0, KEPT_CHARS).toWellFormed();
  return `${kept}\n[shortened: it had ${text.length} characters; read it again if you need it]`;
}
