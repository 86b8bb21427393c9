import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Tests that depend on the local zone would pass at one desk and fail at another; set TZ to try one.
process.env.TZ ??= 'UTC';
// Real inputs lie beside the checkout; where they are not, the tests that read them say what they skip.
process.env.TENUTO_VECTORS ??= join(import.meta.dirname, '../shared/vectors');

const postgres = 'packages/testkit/src/postgres.ts';
const slow = '**/*.slow.test.ts';
// All that a browser is led through; `npm test` has a few of them.
const e2e = '**/*.e2e.browser.test.ts';
const included = {
  slow: [slow],
  e2e: ['**/*.browser.test.ts'],
  // No tests: what takes the pictures of docs/screens.
  screens: ['**/*.pictures.ts'],
};
const notOurs = ['**/node_modules/**', '**/.tenuto/**'];

const isOwn = (mode: string): mode is keyof typeof included => Object.hasOwn(included, mode);

export default defineConfig(({ mode }) => ({
  test: {
    environment: 'node',
    // Processes, not threads: tests send signals, change the folder and start servers.
    pool: 'forks',
    maxWorkers: availableParallelism(),
    include: isOwn(mode) ? included[mode] : ['**/*.test.ts'],
    exclude: isOwn(mode) ? notOurs : [...notOurs, slow, e2e],
    globalSetup: existsSync(postgres) ? [postgres] : [],
    // A deadline only ends a test that hangs; none may fail because the machine is busy.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 60_000 } },
  },
}));
