import { WORDS } from '../words.ts';
import { checkBuild, newBuild } from './build.ts';
import { askWhetherThere, connection, onReturn } from './connection.ts';

/**
 * Loads a file of a view, and waits for a server that is away. The router by itself would load the page anew at once, which nobody
 * answers; and what a page of an older build asks for may be gone.
 * @throws Error that a person can do something about
 */
export function patiently<T>(load: () => Promise<T>): () => Promise<T> {
  return async () => {
    try {
      return await load();
    } catch (cause) {
      if (await askWhetherThere()) {
        await checkBuild();
        throw new Error(newBuild.get() ? WORDS.shell.updated : WORDS.error.file, { cause });
      }
      await untilBack();
      // A file that could not be had once is not asked for again by the same page. The view that one
      // has left is gone anyhow, and the address is already that of the new one.
      location.reload();
      return new Promise<T>(() => undefined);
    }
  };
}

function untilBack(): Promise<void> {
  return new Promise((resolve) => {
    if (connection.get().kind === 'live') return resolve();
    const stop = onReturn(() => {
      stop();
      resolve();
    });
  });
}
