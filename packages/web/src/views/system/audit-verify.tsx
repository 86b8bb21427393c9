import type { AuditVerdict } from '@tenuto/contract';
import { count } from '../../logic/format.ts';
import { CopyButton } from '../../ui/copy-id.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { AUDIT_WORDS as words } from '../../words-audit.ts';

/** Whether the audit is as it was sealed, and where it is not. */
export function AuditVerdictCard({ verdict }: { readonly verdict: AuditVerdict }) {
  const { valid, rows, seals, unsealed, head, findings } = verdict;
  const state = valid ? 'well' : 'broken';
  return (
    <section className="card verdict" data-state={state} aria-label={words.verify}>
      <header>
        <StatusMark status={state} bare />
        <h2 role="status">{valid ? words.valid : words.invalid(count(verdict.findings_total))}</h2>
      </header>
      <div className="card-body stack">
        <p>
          {words.sealed(count(rows), count(seals))}
          {unsealed > 0 && <span className="dim">; {words.unsealed(count(unsealed))}</span>}.
        </p>
        {findings.length > 0 && <Findings verdict={verdict} />}
        {head !== null && (
          <p className="dim audit-head">
            {words.headText} <code>{head}</code>
            <CopyButton text={head} what={words.head} />
          </p>
        )}
      </div>
    </section>
  );
}

function Findings({ verdict: { findings } }: { readonly verdict: AuditVerdict }) {
  return (
    <ul className="plain" aria-label={words.first}>
      {findings.map(({ fault, seal, audit_id: id, detail }) => (
        <li key={`${seal} ${id} ${fault}`}>
          <StatusMark status="broken" bare /> <strong>{words.faults[fault]}</strong>{' '}
          {words.atSeal(seal)}: {detail} {id !== null && <code>{id}</code>}
        </li>
      ))}
    </ul>
  );
}
