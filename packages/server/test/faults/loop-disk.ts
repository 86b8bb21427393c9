import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, open, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isAlive } from './stage.ts';

const run = promisify(execFile);

/** A disk of its own: a file with an ext4 in it. */
export interface LoopDisk {
  /** Where it is mounted. */
  readonly folder: string;
  /** What is not in the journal of the file system is lost from now on; nothing can be written. */
  cutPower(): Promise<void>;
  /** Ends what still works on it and unmounts it. */
  unmount(): Promise<void>;
  /** Replays the journal, mends what is to mend, and mounts it again. */
  recover(): Promise<void>;
}

/** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH. */
const SHUTDOWN =
  'open(my $f, "<", $ARGV[0]) or die; my $flag = pack("L", 2); ioctl($f, 0x8004587d, $flag) or die $!';
const UNMOUNT_TRIES = 200;

/** Why there can be no such disk here; undefined when there can. */
export function whyNoLoopDisk(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'only root of a Linux mounts';
  const programs = ['/usr/sbin/mkfs.ext4', '/usr/sbin/e2fsck', '/usr/bin/mount', '/usr/bin/perl'];
  const missing = [...programs, '/dev/loop-control'].filter((path) => !existsSync(path));
  return missing.length === 0 ? undefined : `there is no ${missing.join(', ')}`;
}

/** Makes and mounts a disk of so many MiB in a folder. */
export async function makeLoopDisk(at: string, mib: number): Promise<LoopDisk> {
  const image = join(at, 'disk.img');
  const folder = join(at, 'disk');
  const file = await open(image, 'wx');
  await file.truncate(mib * 1024 * 1024).finally(() => file.close());
  await run('/usr/sbin/mkfs.ext4', ['-q', '-F', image]);
  await mkdir(folder);
  const mount = () => run('/usr/bin/mount', ['-o', 'loop', image, folder]);
  await mount();
  await chmod(folder, 0o755);
  return {
    folder,
    async cutPower() {
      await run('/usr/bin/perl', ['-e', SHUTDOWN, folder]);
    },
    unmount: () => unmount(folder),
    async recover() {
      // 1: errors were found and mended.
      await run('/usr/sbin/e2fsck', ['-fy', image]).catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === 1)) throw error;
      });
      await mount();
    },
  };
}

async function unmount(folder: string): Promise<void> {
  for (const pid of await processesIn(folder)) {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  }
  for (let tries = 1; ; tries += 1) {
    try {
      await run('/usr/bin/umount', [folder]);
      return;
    } catch (error) {
      if (String(error).includes('not mounted')) return;
      if (tries === UNMOUNT_TRIES) throw error;
    }
    await delay(50);
  }
}

/** The processes that work in a folder, as those of a PostgreSQL do in its data. */
export async function processesIn(folder: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const cwd = await readlink(`/proc/${name}/cwd`).catch(() => '');
    if (cwd.startsWith(`${folder}/`)) found.push(Number(name));
  }
  return found;
}

/** The program that a process runs. */
export function programOf(pid: number): Promise<string> {
  return readlink(`/proc/${pid}/exe`);
}
