export * from './plan/index.ts';
export type * from './ports/action-runner.ts';
export type * from './ports/clock.ts';
export type * from './ports/engine-api.ts';
export * from './ports/store.ts';
export * from './run/index.ts';
