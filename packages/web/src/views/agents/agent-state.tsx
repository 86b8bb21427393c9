import type { AgentState as State } from '@tenuto/contract';
import { StatusMark } from '../../ui/status.tsx';
import { AGENT_WORDS as words } from '../../words-agents.ts';

const SIGNS = { active: 'completed', disabled: 'paused' } as const;

/** Whether an agent is let in. */
export function AgentState({ state }: { readonly state: State }) {
  return (
    <span className="row">
      <StatusMark status={SIGNS[state]} bare />
      {words.states[state]}
    </span>
  );
}
