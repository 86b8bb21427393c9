// `npm run prepare`, and so `npm ci`: builds the console into packages/web/dist.
// Where the tools that build are not installed (`npm ci --omit=dev`), it says so and ends well.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runNode } from './command.ts';

const VITE = 'node_modules/vite/bin/vite.js';

process.chdir(join(import.meta.dirname, '..'));
if (existsSync(VITE)) {
  const args = ['build', '--configLoader=native', '--logLevel=warn', 'packages/web'];
  const { exitCode, output } = await runNode([
    VITE,
    ...args,
    '--config=packages/web/vite.config.ts',
  ]);
  if (output.trim() !== '') console.log(output);
  process.exitCode = exitCode;
} else {
  console.log('The console is not built: Vite is not installed.');
}
