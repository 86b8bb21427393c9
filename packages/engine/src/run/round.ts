import type { Template } from '../expression/index.ts';
import type { NodeSpec } from '../plan/index.ts';
import type { Round } from './recovery-step.ts';
import { attemptOf, type RunState, specOf } from './state.ts';

const FIRST: Round = { generation: 0, kind: 'work', base: 0 };

export function roundOf(run: RunState, node: number): Round {
  return run.rounds.get(node) ?? FIRST;
}

/** Begins a round: its attempts are counted from now on. */
export function beginRound(
  run: RunState,
  node: number,
  { kind, renewed, decided }: Pick<Round, 'kind' | 'decided'> & { readonly renewed: boolean },
): void {
  const generation = roundOf(run, node).generation + (renewed ? 1 : 0);
  const base = attemptOf(run, node);
  run.rounds.set(node, { generation, kind, base, ...(decided === true && { decided }) });
}

/** Whether an attempt is the one that a person has let a node make. */
export function isDecidedUpon(run: RunState, node: number, attempt: number): boolean {
  return roundOf(run, node).decided === true && attemptsInRound(run, node, attempt) === 1;
}

/** How many attempts of the present round have been made when this is the last one. */
export function attemptsInRound(run: RunState, node: number, attempt: number): number {
  return attempt - roundOf(run, node).base;
}

/** Name of the action of a node's attempts; undefined for a node that does no work of its own. */
export function usesOf(run: RunState, node: number): string | undefined {
  return run.rounds.size === 0 ? specOf(run, node).uses : sideAction(run, node)?.uses;
}

/** The parameters of that action, unresolved. */
export function templateOf(run: RunState, node: number): Template | undefined {
  return run.rounds.size === 0 ? specOf(run, node).with : sideAction(run, node)?.with;
}

function sideAction(
  run: RunState,
  node: number,
): Partial<Pick<NodeSpec, 'uses' | 'with'>> | undefined {
  const spec = specOf(run, node);
  const { kind } = roundOf(run, node);
  return kind === 'work' ? spec : spec[kind];
}

/** Stable over all attempts of a node that are made for one purpose in one generation. */
export function effectKey(run: RunState, node: number, nodeId: string): string {
  const { generation, kind } = roundOf(run, node);
  const key = `${run.id}/${nodeId}/${generation}`;
  return kind === 'work' ? key : `${key}/${kind}`;
}
