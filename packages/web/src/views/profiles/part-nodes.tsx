import type { GateType } from '@tenuto/contract';
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import type { DrawnPhase } from '../../logic/profile-layout.ts';
import {
  AGENT_ACTION,
  type AgentView,
  type GateView,
  type PhaseView,
} from '../../logic/profile-model.ts';
import { problemsIn } from '../../logic/profile-model-checks.ts';
import { Icon } from '../../ui/icons.tsx';
import { PROFILE_WORDS } from '../../words-profile.ts';
import { useDesk } from './desk.ts';

const words = PROFILE_WORDS.editor;

export type PhaseNodeType = Node<{ readonly drawn: DrawnPhase }, 'phase'>;
export type AgentNodeType = Node<{ readonly agent: AgentView }, 'agent'>;

/** A phase as a card: its name, its gates, and room for its agents. */
export function PhaseNode({ data: { drawn } }: NodeProps<PhaseNodeType>) {
  const { at, act, problems, isReadOnly } = useDesk();
  const { phase, gatesTop } = drawn;
  const isBad = problemsIn(problems, phase.place).length > 0;
  const classes = ['phase-node', at === phase.place && 'is-picked', isBad && 'is-bad'];
  return (
    <div className={classes.filter(Boolean).join(' ')}>
      <Handle type="target" position={Position.Left} isConnectable={!isReadOnly} />
      <PhaseHead phase={phase} />
      {phase.gates.length > 0 && (
        <ul className="gate-list" style={{ top: gatesTop }}>
          {phase.gates.map((gate) => (
            <li key={gate.place}>
              <GateButton gate={gate} />
            </li>
          ))}
        </ul>
      )}
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
            onClick={() => act({ do: 'add-gate', phase: phase.place, type: 'artifact_required' })}
          >
            + {words.addGate}
          </button>
        </div>
      )}
      <Handle type="source" position={Position.Right} isConnectable={!isReadOnly} />
    </div>
  );
}

/** The name of a phase, and what is particular about it. */
export function PhaseHead({ phase }: { readonly phase: PhaseView }) {
  const { at, select, problems } = useDesk();
  return (
    <button
      type="button"
      className="part-button phase-head"
      data-part={phase.place}
      aria-pressed={at === phase.place}
      onClick={() => select(phase.place)}
    >
      <span className="part-text">
        <strong className="cut">{phase.name || phase.id || PROFILE_WORDS.unnamed}</strong>
        <span className="dim cut">
          {phase.name !== '' && phase.name !== phase.id && <code>{phase.id}</code>}
          {phase.goesOn && <span>{words.goesOn}</span>}
          {phase.asksPeople && <span className="tone-magenta">{words.asks}</span>}
        </span>
      </span>
      <Bad count={problemsIn(problems, phase.place).length} />
    </button>
  );
}

export function Bad({ count }: { readonly count: number }) {
  if (count === 0) return null;
  const said = PROFILE_WORDS.problems.found(count);
  return (
    <span className="bad-mark" role="img" title={said} aria-label={said}>
      {count}
    </span>
  );
}

export function AgentNode({ data: { agent } }: NodeProps<AgentNodeType>) {
  const { isReadOnly } = useDesk();
  return (
    <div className="agent-node">
      <Handle type="target" position={Position.Left} isConnectable={!isReadOnly} />
      <AgentButton agent={agent} />
      <Handle type="source" position={Position.Right} isConnectable={!isReadOnly} />
    </div>
  );
}

export function AgentButton({ agent }: { readonly agent: AgentView }) {
  const { at, select, problems } = useDesk();
  const bad = problemsIn(problems, agent.place).length;
  return (
    <button
      type="button"
      className={`part-button agent-button ${bad > 0 ? 'is-bad' : ''}`}
      data-part={agent.place}
      aria-pressed={at === agent.place}
      onClick={() => select(agent.place)}
    >
      <Icon name={agent.uses === AGENT_ACTION ? 'agents' : 'play'} />
      <span className="part-text">
        <strong className="cut">{agent.id || PROFILE_WORDS.unnamed}</strong>
        <span className="dim cut">{agent.model ?? agent.uses}</span>
      </span>
      <Bad count={bad} />
    </button>
  );
}

function isGateType(type: string): type is GateType {
  return Object.hasOwn(PROFILE_WORDS.gateTypes, type);
}

export function GateButton({ gate }: { readonly gate: GateView }) {
  const { at, select, problems } = useDesk();
  const bad = problemsIn(problems, gate.place).length;
  return (
    <button
      type="button"
      className={`part-button gate-button ${bad > 0 ? 'is-bad' : ''}`}
      data-part={gate.place}
      aria-pressed={at === gate.place}
      title={isGateType(gate.type) ? PROFILE_WORDS.gateTypes[gate.type] : gate.type}
      onClick={() => select(gate.place)}
    >
      <Icon name={gate.type === 'approval' ? 'people' : 'gate'} />
      <span className="cut grow">{gate.id || PROFILE_WORDS.unnamed}</span>
      {gate.severity === 'warning' && <span className="dim">{PROFILE_WORDS.warns}</span>}
      <Bad count={bad} />
    </button>
  );
}
