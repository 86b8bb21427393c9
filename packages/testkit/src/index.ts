export * from './engine.ts';
export * from './postgres.ts';
export * from './redis.ts';
