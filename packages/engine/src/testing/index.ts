export { FLAKY_SCORE } from './flake-score.ts';
export { planShards, type Shard, type ShardUnit } from './shards.ts';
export { type Identified, identified, type TestIdentity, testIdOf } from './test-id.ts';
export {
  figuresOf,
  NO_STATS,
  TEST_WINDOW,
  type TestFigures,
  type TestStats,
  type WindowResult,
  withResult,
} from './test-stats.ts';
