/** What runs are told: each message is heard once, and followed or refused. */
import type { InboxType } from '@tenuto/engine';
import { type History, violated } from './history.ts';

/** The line of the journal by which a message is followed. */
const FOLLOWED: Partial<Record<InboxType, string>> = {
  pause: 'pause',
  resume: 'resume',
  signal: 'signal',
  cancel_retry: 'give_up',
};

/** When a run is over, its journal speaks of every message that was put into its inbox. */
export function checkMessages(history: History, runId: string): void {
  const lines = [...(history.tables.rows.get(runId)?.events.values() ?? [])];
  const told = history.told.filter((message) => message.runId === runId);
  for (const [type, line] of Object.entries(FOLLOWED)) {
    const followed = lines.filter((row) => row.type === line).length;
    const refused = lines.filter((row) => row.type === 'refused' && row.body.message === type);
    const said = told.filter((message) => message.type === type).length;
    if (followed + refused.length === said) continue;
    const detail = `${runId} was told ${said}, followed ${followed}, refused ${refused.length}`;
    violated(history, 'messages are heard once', `${type}: ${detail}`);
  }
}
