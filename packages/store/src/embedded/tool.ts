import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RunUser } from './run-user.ts';

const run = promisify(execFile);
const SUFFIX = process.platform === 'win32' ? '.exe' : '';

/**
 * All that PostgreSQL's processes see of the environment: no secret of ours, and no setting of
 * libpq or of the locale that would make one machine behave unlike another.
 */
export const TOOL_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' };

export interface ToolCall {
  readonly tool: 'postgres' | 'initdb' | 'pg_ctl';
  readonly arguments: readonly string[];
  readonly user: RunUser | undefined;
  /** Working folder; one that the user may enter, else PostgreSQL cannot find itself. */
  readonly cwd: string;
}

/** File name of a program on this system. */
export function programName(tool: ToolCall['tool']): string {
  return `${tool}${SUFFIX}`;
}

/**
 * Runs one of PostgreSQL's programs to its end.
 * @param folder - where the programs are
 * @returns what it wrote to stdout
 * @throws what `execFile` throws: the message has what was written to stderr
 */
export async function runTool(folder: string, call: ToolCall): Promise<string> {
  const { stdout } = await run(`${folder}/${programName(call.tool)}`, [...call.arguments], {
    cwd: call.cwd,
    env: TOOL_ENVIRONMENT,
    windowsHide: true,
    ...call.user,
  });
  return stdout;
}
