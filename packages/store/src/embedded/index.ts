export type { PostgresConnection } from './connection.ts';
export type { SpaceLevel } from './disk-space.ts';
export { checkDurability, type Durability } from './durability.ts';
export {
  type EmbeddedOptions,
  type EmbeddedServer,
  type EmbeddedStatus,
  startEmbedded,
} from './embedded-server.ts';
export type { Logger } from './log.ts';
export { defaultDataDir } from './run-user.ts';
export { StoreError } from './store-error.ts';
export type { RestartPolicy, ServerState } from './supervisor.ts';
