import { PROFILE_WORDS } from '../../words-profile.ts';
import { useDesk } from './desk.ts';
import { AgentButton, GateButton, PhaseHead } from './part-nodes.tsx';

const words = PROFILE_WORDS.editor;

/** The phases in their order with all that is in them: the same as the graph, for narrow screens. */
export function OutlineView() {
  const { outline, act, isReadOnly } = useDesk();
  return (
    <ol className="profile-outline" aria-label={PROFILE_WORDS.phases}>
      {outline.phases.map((phase) => (
        <li key={phase.place} className="card">
          <PhaseHead phase={phase} />
          <p className="dim outline-needs">
            {phase.needs.length === 0 ? words.startsRun : words.after(phase.needs.join(', '))}
          </p>
          <ul>
            {phase.agents.map((agent) => (
              <li key={agent.place}>
                <AgentButton agent={agent} />
              </li>
            ))}
            {phase.gates.map((gate) => (
              <li key={gate.place}>
                <GateButton gate={gate} />
              </li>
            ))}
          </ul>
          {!isReadOnly && (
            <div className="phase-foot">
              <button
                type="button"
                className="link"
                onClick={() => act({ do: 'add-agent', phase: phase.place })}
              >
                + {words.addAgent}
              </button>
              <button
                type="button"
                className="link"
                onClick={() =>
                  act({ do: 'add-gate', phase: phase.place, type: 'artifact_required' })
                }
              >
                + {words.addGate}
              </button>
            </div>
          )}
        </li>
      ))}
    </ol>
  );
}
