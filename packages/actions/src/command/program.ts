import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { rethrowMachineTrouble } from '../system-error.ts';
import type { AllowedCommands } from './options.ts';
import { Refusal } from './refusal.ts';

interface ProgramSearch {
  readonly allow: AllowedCommands;
  /** PATH of the server; a command's own PATH never decides what is started. */
  readonly path: string | undefined;
  /** Real path of the working folder, from which `./tool` is taken. */
  readonly cwd: string;
}

/**
 * The absolute path of the program to start.
 *
 * @param name - a bare name, or a path
 * @throws {Refusal} when it is not allowed, does not exist or is not executable
 * @throws {NodeJS.ErrnoException} when the machine is in trouble, and the program perhaps is not
 */
export async function findProgram(name: string, search: ProgramSearch): Promise<string> {
  if (search.allow === 'none') throw notAllowed(name, 'commands are switched off');
  const bare = !/[/\\]/.test(name);
  // Decided before the look-up, so that a refusal does not tell which files exist.
  if (!bare && !allowsFile(search.allow, resolve(search.cwd, name))) {
    throw notAllowed(name, 'it is not on the list');
  }
  const file = bare ? await onPath(name, search.path) : resolve(search.cwd, name);
  if (bare && search.allow !== 'any' && !search.allow.includes(name)) {
    if (file === undefined || !allowsFile(search.allow, file)) {
      throw notAllowed(name, 'it is not on the list');
    }
  }
  if (file === undefined) {
    throw new Refusal(
      'command_not_found',
      `There is no executable program ${JSON.stringify(name)} on the PATH of the server.`,
    );
  }
  if (!bare) await requireExecutable(file);
  return file;
}

function allowsFile(allow: AllowedCommands, file: string): boolean {
  return allow === 'any' || (allow !== 'none' && allow.includes(file));
}

function notAllowed(name: string, why: string): Refusal {
  return new Refusal(
    'command_not_allowed',
    `The program ${JSON.stringify(name)} may not be started: ${why}. The operator of the server sets TENUTO_ALLOW_COMMANDS to the programs that may.`,
  );
}

async function onPath(name: string, path: string | undefined): Promise<string | undefined> {
  let trouble: unknown;
  for (const folder of (path ?? '').split(delimiter)) {
    // A relative entry would depend on the folder in which the server was started.
    if (!isAbsolute(folder)) continue;
    const file = join(folder, name);
    try {
      if ((await problemWith(file)) === undefined) return file;
    } catch (error) {
      trouble ??= error;
    }
  }
  if (trouble !== undefined) throw trouble;
  return undefined;
}

async function requireExecutable(file: string): Promise<void> {
  const problem = await problemWith(file);
  if (problem === 'missing') {
    throw new Refusal('command_not_found', `There is no program ${file}.`);
  }
  if (problem === 'not executable') {
    throw new Refusal('command_not_executable', `${file} is not an executable file.`);
  }
}

async function problemWith(file: string): Promise<'missing' | 'not executable' | undefined> {
  const found = await stat(file).catch(rethrowMachineTrouble);
  if (found === undefined) return 'missing';
  if (!found.isFile()) return 'not executable';
  return access(file, constants.X_OK).then(
    () => undefined,
    () => 'not executable',
  );
}
