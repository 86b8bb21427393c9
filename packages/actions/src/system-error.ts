import type { Classification } from '@tenuto/contract';

/** What the codes of the operating system mean for another attempt, whatever was being done. */
const MEANINGS: ReadonlyMap<string, Classification> = new Map<string, Classification>([
  ['ENOMEM', 'resource_exhausted'],
  ['EMFILE', 'resource_exhausted'],
  ['ENFILE', 'resource_exhausted'],
  ['ENOBUFS', 'resource_exhausted'],
  ['ENOSPC', 'resource_exhausted'],
  ['EDQUOT', 'resource_exhausted'],
  // No process to be had, as `spawn` says it.
  ['EAGAIN', 'resource_exhausted'],
  ['EINTR', 'transient'],
  ['EBUSY', 'transient'],
  ['ETXTBSY', 'transient'],
  // A file system of another machine that is away for a while.
  ['ETIMEDOUT', 'transient'],
  ['ESTALE', 'transient'],
  // The disk of this machine: elsewhere the same work may well succeed.
  ['EIO', 'infrastructure'],
]);

/** The code of an error of the system, of a resolver or of a library; empty when it has none. */
export function errorCode(thrown: unknown): string {
  if (!(thrown instanceof Error) || !('code' in thrown)) return '';
  return typeof thrown.code === 'string' ? thrown.code : '';
}

/** The classification of a code that says something about the machine; undefined for all others. */
export function machineTrouble(code: string): Classification | undefined {
  return MEANINGS.get(code);
}

/**
 * Passes on what says nothing about the file that was looked at, so that a machine that is short of
 * something is not taken for a file that is not there.
 * @throws what it was given, when its code is one of the machine's
 */
export function rethrowMachineTrouble(thrown: unknown): void {
  if (machineTrouble(errorCode(thrown)) !== undefined) throw thrown;
}
