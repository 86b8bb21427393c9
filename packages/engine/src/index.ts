export type * from './ports/action-runner.ts';
export type * from './ports/clock.ts';
