import { execFile } from 'node:child_process';

const SETPRIV = '/usr/bin/setpriv';
const GUARD = [SETPRIV, '--pdeathsig', 'KILL', '--'] as const;

/**
 * What to put before an argument vector so that the kernel kills the program when the server dies
 * without a chance to do so (SIGKILL, out of memory): `setpriv` of util-linux, where it is there
 * and able. Elsewhere nothing, and such a program survives until it ends by itself. Only the
 * program itself is covered; what it started in turn notices at most that its pipes are broken.
 */
export function orphanGuard(): Promise<readonly string[]> {
  if (process.platform !== 'linux') return Promise.resolve([]);
  return new Promise((resolve) => {
    execFile(SETPRIV, [...GUARD.slice(1), '/bin/true'], { env: {} }, (error) =>
      resolve(error === null ? GUARD : []),
    );
  });
}

/** Whether it was not the program that failed, but the guard that could not start it. */
export function isGuardFailure(exitCode: number | null, stderr: string): boolean {
  return (exitCode === 126 || exitCode === 127) && stderr.startsWith('setpriv: ');
}
