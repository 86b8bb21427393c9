import { execFile } from 'node:child_process';
import { chmod, cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const CHECKOUT = join(import.meta.dirname, '../../../..');

const run = promisify(execFile);

/**
 * Copies what a server runs from: all packages and libraries, so that another user gets at them
 * wherever this checkout stands. Libraries become hard links where the disk is the same.
 * @param mode of the folder around the copy
 * @returns the folder of the copy
 */
export async function copyCheckout(folder: string, mode: number): Promise<string> {
  const around = join(folder, 'home');
  const copy = join(around, 'checkout');
  await mkdir(around);
  await chmod(around, mode);
  await mkdir(join(copy, 'bench'), { recursive: true });
  for (const name of ['packages', 'package.json', 'bench/package.json']) {
    await cp(join(CHECKOUT, name), join(copy, name), { recursive: true, verbatimSymlinks: true });
  }
  const libraries = join(CHECKOUT, 'node_modules');
  await run('cp', ['-rlP', libraries, copy]).catch(() => run('cp', ['-rP', libraries, copy]));
  return copy;
}
