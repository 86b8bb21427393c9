import type { CheckFindings, Evidence } from '../ports/doctor-store.ts';

/** How much evidence is told of one check. */
export const EVIDENCE_TOLD = 20;

/** Gathers evidence check by check, of each only the first. */
export function createFindings(checks: readonly string[]) {
  const found = new Map(checks.map((check) => [check, { count: 0, evidence: [] as Evidence[] }]));
  return {
    /** Notes evidence for a check that is made; of others nothing is kept. */
    add(check: string, evidence: Evidence): void {
      const known = found.get(check);
      if (known === undefined) return;
      known.count += 1;
      if (known.evidence.length < EVIDENCE_TOLD) known.evidence.push(evidence);
    },
    all(): readonly CheckFindings[] {
      return [...found].map(([check, findings]) => ({ check, more: false, ...findings }));
    },
  };
}
