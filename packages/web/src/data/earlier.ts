import { notifyManager, type Query } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { after } from './clock.ts';
import { queryClient } from './query-client.ts';

const cache = queryClient.getQueryCache();
/** Most answers are there sooner. */
const PATIENCE_MS = 150;

/**
 * Whether a list is shown as it was for another question, for a filter that has been changed since: what
 * is asked for now is on its way.
 */
export function useEarlier(): boolean {
  const isNow = useSyncExternalStore(
    (changed) => cache.subscribe(notifyManager.batchCalls(changed)),
    () => cache.findAll({ type: 'active', fetchStatus: 'fetching' }).some(showsEarlier),
  );
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (!isNow) return setLong(false);
    return after(PATIENCE_MS, () => setLong(true));
  }, [isNow]);
  return isNow && isLong;
}

function showsEarlier({ observers }: Query): boolean {
  return observers.some((observer) => {
    const { isPlaceholderData, data } = observer.getCurrentResult();
    return isPlaceholderData && typeof data === 'object' && data !== null && 'pages' in data;
  });
}
