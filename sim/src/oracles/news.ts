import { type History, violated } from './history.ts';

/** When nothing goes wrong any more, an engine finds news by itself within this time. */
const FOUND_WITHIN_MS = 8_000;

/**
 * Looks now and then whether what reaches runs from outside is found by their owners.
 *
 * @param slowMs how long a call may take that was under way when all went well again
 */
export function createNewsOracle(
  history: History,
  slowMs: number,
): (engineIds: readonly string[]) => void {
  let since = new Map<string, number>();
  return (engineIds) => {
    const waiting = new Map<string, number>();
    const { live, rows } = history.tables;
    for (const { runId, engine } of live.values()) {
      if (engine === undefined || !engineIds.includes(engine)) continue;
      for (const { seq, type } of rows.get(runId)?.inbox.values() ?? []) {
        const item = `${engine} ${type} ${seq} of ${runId}`;
        const at = since.get(item) ?? history.now();
        waiting.set(item, at);
        if (history.now() - at > FOUND_WITHIN_MS + 2 * slowMs)
          violated(history, 'news is found', item);
      }
    }
    since = waiting;
  };
}
