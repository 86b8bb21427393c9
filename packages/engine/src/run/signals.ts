import type { RunState } from './state.ts';

/** Whether a node waits for a message of that name, and none has come that it will hear. */
export function awaitsSignal(run: RunState, name: string): boolean {
  if (run.signals.has(name)) return false;
  for (const wait of run.waits.values()) {
    if (wait.kind === 'signal' && wait.name === name) return true;
  }
  return false;
}
