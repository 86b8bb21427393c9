export * from './engine.ts';
export * from './postgres.ts';
