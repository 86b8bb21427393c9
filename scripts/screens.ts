// `npm run screens`: builds the console, and takes a picture of each of its screens into docs/screens.
// With names of screens behind `--`, only these are taken: `npm run screens -- home run-failed`.

import { join } from 'node:path';
import { runNode } from './command.ts';

process.chdir(join(import.meta.dirname, '..'));
const names = process.argv.slice(2);
if (names.length > 0) process.env.TENUTO_SCREENS = names.join(',');

const built = await runNode(['scripts/build-web.ts'], { show: true });
process.exitCode =
  built.exitCode ||
  (
    await runNode(
      ['node_modules/vitest/vitest.mjs', 'run', '--configLoader=native', '--mode', 'screens'],
      { show: true },
    )
  ).exitCode;
