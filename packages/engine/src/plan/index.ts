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
export type { CheckSecrets } from './spec-context.ts';
