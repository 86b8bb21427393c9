import type { Mutation } from '@tanstack/react-query';
import { queryClient } from './query-client.ts';

const cache = queryClient.getMutationCache();

/**
 * Does what begins a change, and waits for what comes of it.
 * @returns undefined at once when nothing has begun
 * @throws what the change was refused with
 */
export function whatBegins(act: () => void): Promise<void> | undefined {
  const before = new Set<object>(cache.getAll());
  act();
  const begun = cache.getAll().filter((change) => !before.has(change));
  return begun.length === 0 ? undefined : Promise.all(begun.map(endOf)).then(() => undefined);
}

function endOf(change: Mutation): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const { status, error } = change.state;
      if (status === 'success') resolve();
      if (status === 'error') reject(error);
      return status === 'success' || status === 'error';
    };
    if (look()) return;
    const stop = cache.subscribe((event) => {
      if (event.mutation === change && look()) stop();
    });
  });
}
