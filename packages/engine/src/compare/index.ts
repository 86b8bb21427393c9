/** What runs of the same plan, or of different ones, differ in. Pure. */
export { type Difference, type Differences, diffJson, isEqualJson } from './diff.ts';
export { fateOf, isAlike, type Row, sideBySide } from './named.ts';
export { comparePlans, type PlanDifferences } from './plans.ts';
