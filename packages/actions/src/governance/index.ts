export type { GovernanceOptions } from './check-judge.ts';
export { governanceCheck } from './governance-check.ts';
