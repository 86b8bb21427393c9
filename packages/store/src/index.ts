export * from './embedded/index.ts';
export { createEngineStore, type OpenEngineStore } from './engine-store.ts';
export { migrate } from './migrate.ts';
export { acquireProcessLock } from './process-lock.ts';
