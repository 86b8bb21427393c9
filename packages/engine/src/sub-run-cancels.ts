import type { EngineLog } from './engine-log.ts';
import type { EngineStore } from './ports/store.ts';

/** Cancels of runs that nobody waits for any more. They are asked for until the store has them. */
export interface SubRunCancels {
  request(runId: string): void;
  /** Asks for all that could not be asked for yet. */
  send(): Promise<void>;
}

export function createSubRunCancels(
  store: Pick<EngineStore, 'requestCancel'>,
  log: EngineLog,
): SubRunCancels {
  const unwanted = new Set<string>();
  let sending = false;

  async function send(): Promise<void> {
    if (unwanted.size === 0 || sending) return;
    const runIds = [...unwanted];
    sending = true;
    try {
      await store.requestCancel(runIds, 'the run that started it was stopped');
      for (const runId of runIds) unwanted.delete(runId);
    } catch (error) {
      log.warn({ runs: runIds.length, error: String(error) }, 'sub-runs are cancelled later');
    } finally {
      sending = false;
    }
  }

  return {
    request(runId) {
      unwanted.add(runId);
      void send();
    },
    send,
  };
}
