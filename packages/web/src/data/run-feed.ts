import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { client } from './client.ts';
import { throttle } from './clock.ts';
import { doubt } from './connection.ts';
import { partsDelay } from './live.ts';

/** How soon after a change the page is read again, in milliseconds. */
const VIEW_MS = 500;
const PARTS_MS = 1_000;
/** A run is told from its beginning, which of a very large one takes longer than asking. */
const MOST_NODES = 1_000;

interface Feed {
  /** Whether there is something to wait for. */
  readonly isOn: boolean;
  readonly nodes: number;
}

/**
 * Follows a run, and reads it again whenever something has happened to it.
 * @returns whether the run is being followed; it has to be asked for at intervals otherwise
 */
export function useRunFeed(runId: string, { isOn, nodes }: Feed): boolean {
  const queries = useQueryClient();
  const [follows, setFollows] = useState(false);
  const isFollowed = isOn && nodes > 0 && nodes <= MOST_NODES;
  const partsMs = Math.max(PARTS_MS, partsDelay(nodes));
  useEffect(() => {
    if (!isFollowed) return;
    const stop = new AbortController();
    const again = (part: string) => () =>
      void queries.invalidateQueries({ queryKey: ['run', runId, part] });
    const view = throttle(VIEW_MS, again('view'));
    const parts = throttle(partsMs, again('parts'));
    const log = throttle(VIEW_MS, again('log-ends'));
    const read = async () => {
      const options = { signal: stop.signal, onAway: doubt };
      for await (const { type } of client.runs.follow(runId, options)) {
        setFollows(true);
        view.ask();
        if (type === 'log') log.ask();
        if (type !== 'progress' && type !== 'log') parts.ask();
      }
    };
    read()
      .catch(() => undefined)
      .finally(() => {
        if (!stop.signal.aborted) setFollows(false);
      });
    return () => {
      stop.abort();
      view.stop();
      parts.stop();
      log.stop();
      setFollows(false);
    };
  }, [runId, isFollowed, partsMs, queries]);
  return follows;
}
