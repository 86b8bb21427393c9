import {
  type AsyncRouteComponent,
  lazyRouteComponent as lazily,
  type RouteComponent,
} from '@tanstack/react-router';
import { checkBuild, newBuild } from '../data/build.ts';
import { askWhetherThere, connection, onReturn } from '../data/connection.ts';
import { WORDS } from '../words.ts';

/** A view whose file is loaded when it is first shown. */
export function lazyRouteComponent<Name extends string>(
  load: () => Promise<{ readonly [K in Name]: RouteComponent }>,
  name: Name,
): AsyncRouteComponent<Record<never, never>> {
  return lazily(patiently(load), name);
}

/**
 * Loads a file again once the server is back. The router would load the whole page anew, which a
 * server that is away does not answer; and what a page of an older build asks for may be gone.
 * @throws Error that a person can do something about
 */
function patiently<T>(load: () => Promise<T>): () => Promise<T> {
  return async () => {
    for (;;) {
      try {
        return await load();
      } catch (error) {
        if (await askWhetherThere()) {
          await checkBuild();
          throw new Error(newBuild.get() ? WORDS.shell.updated : WORDS.error.file, {
            cause: error,
          });
        }
        await untilBack();
      }
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
