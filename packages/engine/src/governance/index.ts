export * from './budget.ts';
export {
  type EvidenceFor,
  type GateEvidence,
  judgeGate,
  type ReadFile,
  skippedGate,
} from './gate.ts';
export { evaluateGate, type GateBindings } from './gate-expression.ts';
export { patternFinder } from './gate-pattern.ts';
export { type GateProblem, gateProblems } from './gate-problems.ts';
export { createHygieneSurvey, type HygieneSurvey, type SurveyedFile } from './hygiene.ts';
export {
  HYGIENE_LIMITS,
  HYGIENE_RULES,
  isBinaryName,
  isForeign,
  textOf,
} from './hygiene-rules.ts';
export { atPointer } from './json-pointer.ts';
export { type LcovSummary, readLcov } from './lcov.ts';
export { mergeGates } from './merge-gates.ts';
export * from './money.ts';
export { allowsModel, mergePolicies } from './policy.ts';
export * from './price.ts';
export * from './projection.ts';
export { isRecorded, RECORDED_PROVIDER } from './recorded.ts';
export { costGate, governanceReport } from './report.ts';
export * from './run-budgets.ts';
export { governanceScore, hasPassed } from './score.ts';
export { findSecrets, type SecretFinding } from './secret-scan.ts';
export { SHIPPED_PRICES } from './shipped-prices.ts';
