import type { RunGovernance, RunPhase } from '@tenuto/contract';
import { useGovernance } from '../../data/artifacts.ts';
import type { Tone } from '../../logic/status.ts';
import { StatusGlyph } from '../../ui/icons.tsx';
import { When } from '../../ui/time.tsx';
import { PHASED_WORDS as words } from '../../words-phased.ts';

type Report = RunGovernance['phases'][number];
type Gate = Report['gates'][number];
type Finding = Report['hygiene_findings'][number];

/** What the gates of a phase have found, what blocks first, and what the files look like. */
export function PhaseGates({ runId, phase }: { readonly runId: string; readonly phase: RunPhase }) {
  const { data } = useGovernance(runId);
  const report = data?.phases.find((one) => one.phase === phase.phase);
  const earlier = data?.history.filter((one) => one.phase === phase.phase).length ?? 0;
  return (
    <section className="card">
      <header>
        <h2 className="grow">{words.gates}</h2>
        {earlier > 0 && <span className="dim">{words.earlier(earlier)}</span>}
        {report !== undefined && (
          <span className="dim">
            {words.checked} <When at={report.checked_at} />
          </span>
        )}
      </header>
      {report === undefined ? (
        <p className="card-body dim">{words.noGates}</p>
      ) : (
        <>
          {report.gates.length === 0 && <p className="card-body dim">{words.noGatesAtAll}</p>}
          <ul className="gates">
            {report.gates.toSorted(byUrgency).map((gate) => (
              <GateRow key={gate.id} gate={gate} />
            ))}
          </ul>
          <Findings findings={report.hygiene_findings} omitted={report.hygiene_findings_omitted} />
        </>
      )}
    </section>
  );
}

const LOOKS = {
  blocks: { tone: 'red', icon: 'cross' },
  warns: { tone: 'amber', icon: 'octagon' },
  skipped: { tone: 'light', icon: 'dash' },
  passed: { tone: 'green', icon: 'check' },
} as const;
const ORDER = ['blocks', 'warns', 'skipped', 'passed'] as const;

function outcomeOf({ skipped, passed, severity }: Gate): keyof typeof LOOKS {
  if (skipped) return 'skipped';
  if (passed) return 'passed';
  return severity === 'error' ? 'blocks' : 'warns';
}

function byUrgency(one: Gate, other: Gate): number {
  return ORDER.indexOf(outcomeOf(one)) - ORDER.indexOf(outcomeOf(other));
}

function GateRow({ gate }: { readonly gate: Gate }) {
  const outcome = outcomeOf(gate);
  const { tone, icon } = LOOKS[outcome];
  return (
    <li>
      <span className={`status tone-${tone}`}>
        <StatusGlyph icon={icon} />
        <span className="status-word">{words.gate[outcome]}</span>
      </span>
      <div className="grow">
        <p>
          <strong>{gate.id}</strong> <span className="dim">{gate.type}</span> {gate.message}
        </p>
        {outcome !== 'passed' && gate.remediation !== undefined && (
          <p>
            <span className="dim">{words.gate.remedy}:</span> {gate.remediation}
          </p>
        )}
        {outcome !== 'passed' && gate.evidence !== undefined && gate.evidence.length > 0 && (
          <details>
            <summary>{words.gate.evidence}</summary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keys. */}
            <pre className="gate-evidence" tabIndex={0}>
              {gate.evidence.join('\n')}
            </pre>
          </details>
        )}
      </div>
    </li>
  );
}

const SEVERITY_TONES: Readonly<Record<Finding['severity'], Tone>> = {
  ...{ error: 'red', warning: 'amber', info: 'grey' },
};

interface FindingsProps {
  readonly findings: readonly Finding[];
  readonly omitted: number | undefined;
}

function Findings({ findings, omitted = 0 }: FindingsProps) {
  return (
    <>
      <h3 className="gates-title">{words.hygiene}</h3>
      {findings.length === 0 && <p className="card-body dim">{words.noFindings}</p>}
      <ul className="gates">
        {findings.map((finding) => (
          <li key={`${finding.kind} ${finding.path} ${finding.line ?? ''}`}>
            <span className={`status tone-${SEVERITY_TONES[finding.severity]}`}>
              <span className="status-word">{finding.kind.replaceAll('_', ' ')}</span>
            </span>
            <div className="grow">
              <p>
                <code>
                  {finding.path}
                  {finding.line !== undefined && `:${finding.line}`}
                </code>{' '}
                {finding.message}
              </p>
              <p className="dim">{finding.remediation}</p>
            </div>
          </li>
        ))}
      </ul>
      {omitted > 0 && <p className="card-body dim">{words.findingsOmitted(omitted)}</p>}
    </>
  );
}
