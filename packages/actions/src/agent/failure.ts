import type { Classification } from '@tenuto/contract';
import type { ActionError } from '@tenuto/engine';

/** Ends the attempt: what its outcome says. */
export class AgentStop extends Error {
  readonly error: ActionError;
  readonly status: 'failed' | 'timeout' | 'cancelled';

  constructor(error: ActionError, status: AgentStop['status'] = 'failed') {
    super(error.message);
    this.name = new.target.name;
    this.error = error;
    this.status = status;
  }
}

export function stop(classification: Classification, type: string, message: string): AgentStop {
  return new AgentStop({ classification, type, message });
}

/** The end of an attempt that was told to end. */
export function stoppedBy(signal: AbortSignal): AgentStop {
  const timeout = signal.reason === 'timeout';
  const type = timeout ? 'timeout' : 'cancelled';
  const message = timeout ? 'The agent ran out of time.' : 'The agent was stopped.';
  const classification = timeout ? 'timeout' : 'permanent';
  return new AgentStop({ classification, type, message }, type);
}
