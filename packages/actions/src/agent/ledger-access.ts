import { OrchestrationError } from '@tenuto/contract';
import { type CallLedger, CallLedgerError } from '@tenuto/engine';
import { AgentStop, stop } from './failure.ts';
import type { AgentSession } from './session.ts';

const TRIES = 6;
const FIRST_WAIT_MS = 200;

/**
 * Asks the ledger, again where its database is away for a moment: what was paid for is to be written
 * down if at all possible.
 * @throws AgentStop
 */
export async function recording<T>(
  session: AgentSession,
  ask: (ledger: CallLedger) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask(session.parts.ledger);
    } catch (thrown) {
      if (thrown instanceof AgentStop) throw thrown;
      if (thrown instanceof CallLedgerError) throw fault(thrown);
      if (thrown instanceof OrchestrationError && thrown.status < 500) {
        throw stop('permanent', 'call_refused', thrown.message);
      }
      if (tries === TRIES) {
        const reason = thrown instanceof Error ? thrown.message : String(thrown);
        throw stop('infrastructure', 'ledger_away', `The ledger cannot be reached: ${reason}`);
      }
      await session.pause(FIRST_WAIT_MS * 2 ** (tries - 1));
    }
  }
}

/** A fenced attempt is nobody's any more: whoever has the run makes another one. */
function fault({ kind, message }: CallLedgerError): AgentStop {
  if (kind === 'too_large') return stop('permanent', 'answer_too_large', message);
  return stop('infrastructure', `ledger_${kind}`, message);
}
