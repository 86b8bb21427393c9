import type { GateResult } from '@tenuto/contract';

/**
 * The weight of the gates that have passed, as a share of the weight of those that were looked at;
 * 1 when none was. What is skipped was not looked at.
 */
export function governanceScore(
  gates: readonly Pick<GateResult, 'weight' | 'passed' | 'skipped'>[],
): number {
  const judged = gates.filter(({ skipped }) => !skipped);
  const all = weightOf(judged);
  return all === 0 ? 1 : weightOf(judged.filter(({ passed }) => passed)) / all;
}

function weightOf(gates: readonly Pick<GateResult, 'weight'>[]): number {
  return gates.reduce((sum, { weight }) => sum + weight, 0);
}

/** Whether a phase may go on: what is no more than a warning does not hold it up. */
export function hasPassed(
  gates: readonly Pick<GateResult, 'severity' | 'passed' | 'skipped'>[],
): boolean {
  return gates.every(({ severity, passed, skipped }) => passed || skipped || severity !== 'error');
}
