import { type History, violated } from './history.ts';

/** When nothing goes wrong any more, an engine finds news by itself within this time. */
const FOUND_WITHIN_MS = 20_000;

/** Looks now and then whether what reaches runs from outside is found by their owners. */
export function createNewsOracle(history: History): (engineIds: readonly string[]) => void {
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
        if (history.now() - at > FOUND_WITHIN_MS) violated(history, 'news is found', item);
      }
    }
    since = waiting;
  };
}
