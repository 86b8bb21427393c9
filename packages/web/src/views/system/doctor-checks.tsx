import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { DoctorReportBody } from '@tenuto/contract';
import { runId } from '../../app/palette-entries.ts';
import { count, shortId } from '../../logic/format.ts';
import { StatusMark } from '../../ui/status.tsx';
import { DOCTOR_WORDS as words } from '../../words-doctor.ts';

export type Check = DoctorReportBody['checks'][number];

interface Props {
  readonly checks: readonly Check[];
  readonly repair: (check: Check) => void;
}

/** What is not as it must be, with the evidence. */
export function Findings({ checks, repair }: Props) {
  return (
    <section aria-label={words.findings} className="stack">
      {checks.map((check) => (
        <Finding key={check.name} check={check} repair={() => repair(check)} />
      ))}
    </section>
  );
}

function Finding({ check, repair }: { readonly check: Check; readonly repair: () => void }) {
  const { name, invariant, meaning, verdict, evidence, more } = check;
  return (
    <article className="card">
      <header>
        <StatusMark status={verdict === 'error' ? 'broken' : 'degraded'} />
        <code>{name}</code>
        {invariant !== null && <span className="dim">{words.invariant(invariant)}</span>}
        <span className="grow" />
        <span className="dim num">
          {more ? words.more(count(check.count)) : words.found(count(check.count))}
        </span>
        {check.repair !== null && (
          <Button variant="default" onClick={repair}>
            {words.repair}
          </Button>
        )}
      </header>
      <div className="card-body stack">
        <p>{meaning}</p>
        <ul className="check-evidence">
          {evidence.map(({ subject, detail }) => (
            <li key={subject + detail}>
              <Subject subject={subject} isRun={!name.startsWith('audit')} /> {detail}
            </li>
          ))}
        </ul>
        <p className="dim">
          {check.repair === null ? words.byHand : words.repairText + check.repair}
        </p>
      </div>
    </article>
  );
}

/** What a check speaks of is a run, where it has an id of its own; the audit speaks of its rows. */
function Subject({ subject, isRun }: { readonly subject: string; readonly isRun: boolean }) {
  const run = isRun ? runId(subject) : undefined;
  if (run === undefined) return <code>{subject}</code>;
  return (
    <Link to="/runs/$runId" params={{ runId: run }} title={run}>
      <code>{shortId(run)}</code>
    </Link>
  );
}

/** What is as it must be, one line each, folded where something else needs the room. */
export function Passed({ checks }: { readonly checks: readonly Check[] }) {
  return (
    <details className="card passed" open>
      <summary>
        <StatusMark status="well" bare />
        {words.passed(checks.length)}
      </summary>
      <div className="table-scroll">
        <table className="table table-cards">
          <tbody>
            {checks.map(({ name, meaning, invariant }) => (
              <tr key={name}>
                <td className="first">
                  <code>{name}</code>
                </td>
                <td className="check-meaning">{meaning}</td>
                <td className="dim num">{invariant !== null && words.invariant(invariant)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
