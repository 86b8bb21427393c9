export { canonicalJson } from '@tenuto/contract';
export {
  type ChangedPlan,
  changePlan,
  graphOf,
  type NodeChange,
  readersOf,
  readersOfVariable,
  referencesOf,
} from './change.ts';
export { type CompileOptions, compilePlan, compileStoredPlan } from './compile.ts';
export {
  type PhasedInput,
  type PhasePlan,
  PROFILE_SOURCES,
  type ProfileSource,
} from './phased-input.ts';
export { pipelineGraph } from './pipeline.ts';
export {
  type ActionSpec,
  childrenOf,
  type NodeSpec,
  type Plan,
  type PlanShape,
  type StoredPolicies,
  type StoredPolicy,
  shapeOf,
} from './plan.ts';
export { needsOfPhases, type ProfileGraph, profileGraph } from './profile.ts';
export { profileProblems, RUN_PARAMS } from './profile-check.ts';
export { phasesBefore, phasesBehind } from './profile-order.ts';
export {
  AGENT_ACTION,
  agentOf,
  approvalOf,
  gatesOf,
  nextOf,
  nextSignal,
  startOf,
} from './profile-phase.ts';
export type { CheckSecrets } from './spec-context.ts';
