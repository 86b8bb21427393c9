export * from './action.ts';
export * from './command/index.ts';
export * from './http/index.ts';
export { type ActionRegistry, createActionRegistry } from './registry.ts';
export { signalWait } from './signal/index.ts';
export { sleepFor, sleepUntil } from './sleep/index.ts';
export { runStart, type SubRunRequest } from './sub-run/index.ts';
export * from './test-report/index.ts';
export { transformCel } from './transform/index.ts';
