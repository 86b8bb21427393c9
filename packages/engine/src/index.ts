export * from './plan/index.ts';
export type * from './ports/action-runner.ts';
export type * from './ports/clock.ts';
export type * from './ports/engine-api.ts';
export type * from './ports/job-store.ts';
export * from './ports/store.ts';
export type * from './ports/token-store.ts';
export * from './run/index.ts';
