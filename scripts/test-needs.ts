import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program from outside npm that some test files need; the end of their names says so. */
export interface TestNeed {
  readonly name: string;
  /** `.redis.test.ts`: a file with this end runs only where the program is there. */
  readonly suffix: string;
  /** Names of the program, the best first. */
  readonly commands: readonly string[];
  /** Debian's package. */
  readonly package: string;
}

export interface UnmetNeed {
  readonly need: TestNeed;
  readonly files: readonly string[];
  readonly reason: string;
}

/** What a test may need. Nothing is looked for or installed while no file has the suffix. */
export const TEST_NEEDS: readonly TestNeed[] = [
  {
    name: 'Redis',
    suffix: '.redis.test.ts',
    commands: ['redis-server'],
    package: 'redis-server',
  },
  {
    name: 'Chromium',
    suffix: '.browser.test.ts',
    commands: ['chromium', 'chromium-browser', 'google-chrome'],
    package: 'chromium',
  },
];

/** What the needs are judged by; a test gives its own. */
export interface Machine {
  has(command: string): boolean;
  /** Installs a package of Debian; returns why that failed, or null when it is there now. */
  install(name: string): string | null;
  filesEnding(suffix: string): readonly string[];
}

/**
 * Sees to every need that some test file has, installing what is missing where that is possible.
 *
 * @returns the needs that could not be met, each with the files that therefore cannot run.
 */
export function meetNeeds(needs: readonly TestNeed[], machine: Machine): readonly UnmetNeed[] {
  return needs.flatMap((need) => {
    const files = machine.filesEnding(need.suffix);
    const met = () => need.commands.some((command) => machine.has(command));
    if (files.length === 0 || met()) return [];
    const failure = machine.install(need.package);
    if (failure === null && met()) return [];
    return [{ need, files, reason: failure ?? `${need.package} brought no ${need.commands[0]}` }];
  });
}

/** This machine, seen from the root of the repository. */
export const thisMachine: Machine = {
  has: onPath,
  install: installFromDebian,
  filesEnding: (suffix) =>
    globSync(`**/*${suffix}`, { exclude: (path) => path.includes('node_modules') }),
};

function onPath(command: string): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, command)));
}

function installFromDebian(name: string): string | null {
  if (!onPath('apt-get')) return `${name} is not installed`;
  if (process.getuid?.() !== 0) return `${name} is not installed, and only root could install it`;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () =>
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', name], { env }).status === 0;
  if (install()) return null;
  spawnSync('apt-get', ['update'], { env });
  return install() ? null : `apt-get could not install ${name}`;
}
