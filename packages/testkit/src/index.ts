export * from './engine.ts';
export * from './memory-blobs.ts';
export * from './postgres.ts';
export * from './provider-server.ts';
export * from './redis.ts';
export * from './workspaces.ts';
