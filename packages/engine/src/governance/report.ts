/** What came of a check of a phase, as one report. Pure. */
import type {
  Gate,
  GateResult,
  GovernancePolicy,
  GovernanceReport,
  HygieneReport,
} from '@tenuto/contract';
import { judgeGate } from './gate.ts';
import { governanceScore, hasPassed } from './score.ts';

interface Checked {
  readonly phase: string;
  readonly gates: readonly GateResult[];
  readonly hygiene: HygieneReport;
  readonly policy: GovernancePolicy;
}

/**
 * The report. What a policy wants of the scores is judged last, of the gates before it: these
 * gates, `policy.min_governance_score` and `policy.min_hygiene_score`, block, and count for no score.
 */
export function governanceReport({ phase, gates, hygiene, policy }: Checked): GovernanceReport {
  const score = governanceScore(gates);
  const all = [...gates, ...scoreGates(policy, score, hygiene.hygiene_score)];
  return {
    phase,
    passed: hasPassed(all),
    governance_score: score,
    hygiene_score: hygiene.hygiene_score,
    gates: all,
    hygiene_findings: hygiene.findings,
    ...(hygiene.findings_omitted > 0 && { hygiene_findings_omitted: hygiene.findings_omitted }),
  };
}

function scoreGates(policy: GovernancePolicy, governance: number, hygiene: number): GateResult[] {
  return [
    ...scoreGate('min_governance_score', governance, policy.min_governance_score),
    ...scoreGate('min_hygiene_score', hygiene, policy.min_hygiene_score),
  ];
}

const REMEDIES = {
  min_governance_score: 'Mend what the gates that have not passed say, warnings too.',
  min_hygiene_score: 'Mend what the findings of the hygiene say; the greatest penalties first.',
} as const;

function scoreGate(
  name: keyof typeof REMEDIES,
  value: number,
  least: number | undefined,
): GateResult[] {
  if (least === undefined) return [];
  const gate: Extract<Gate, { type: 'metric' }> = {
    ...{ id: `policy.${name}`, type: 'metric', path: 'the report', format: 'json' },
    ...{ field: name.slice('min_'.length), operator: '>=', threshold: least },
    remediation: REMEDIES[name],
  };
  return [{ ...judgeGate<'metric'>(gate, { path: 'this report', value }), weight: 0 }];
}

/** The gate that a policy's price for the whole run is. */
export function costGate({ max_cost_usd: usd }: GovernancePolicy): readonly Gate[] {
  if (usd === undefined) return [];
  return [{ id: 'policy.max_cost_usd', type: 'max_cost', usd, scope: 'run' }];
}
