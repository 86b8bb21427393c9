import { Button } from '@mantine/core';
import type { AuditVerdict } from '@tenuto/contract';
import { useVerifyAudit } from '../../data/audit.ts';
import { count } from '../../logic/format.ts';
import { CopyButton } from '../../ui/copy-id.tsx';
import { Failure } from '../../ui/notice.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { AUDIT_WORDS as words } from '../../words-audit.ts';

/** Looks, when asked, whether the audit is as it was sealed. */
export function AuditVerify() {
  const { mutate, data, error, isPending } = useVerifyAudit();
  const state = data === undefined ? undefined : data.valid ? 'well' : 'broken';
  return (
    <section className="card verdict" data-state={state} aria-label={words.verify}>
      <header>
        {state !== undefined && <StatusMark status={state} bare />}
        <h2 className="grow" role="status">
          {data === undefined
            ? isPending
              ? words.verifying
              : words.verify
            : data.valid
              ? words.valid
              : words.invalid(count(data.findings_total))}
        </h2>
        <Button variant="default" loading={isPending} onClick={() => mutate()}>
          {words.verify}
        </Button>
      </header>
      {error !== null && <Failure error={error} again={() => mutate()} />}
      {data !== undefined && <Told verdict={data} />}
    </section>
  );
}

function Told({ verdict }: { readonly verdict: AuditVerdict }) {
  const { rows, seals, unsealed, head, findings } = verdict;
  return (
    <div className="card-body stack">
      <p>
        {words.sealed(count(rows), count(seals))}
        {unsealed > 0 && <span className="dim">; {words.unsealed(count(unsealed))}</span>}.
      </p>
      {findings.length > 0 && (
        <ul className="plain" aria-label={words.first}>
          {findings.map(({ fault, seal, audit_id: id, detail }) => (
            <li key={`${seal} ${id} ${fault}`}>
              <StatusMark status="broken" bare /> <strong>{words.faults[fault]}</strong>{' '}
              {words.atSeal(seal)}: {detail} {id !== null && <code>{id}</code>}
            </li>
          ))}
        </ul>
      )}
      {head !== null && (
        <p className="dim audit-head">
          {words.headText} <code>{head}</code>
          <CopyButton text={head} what={words.head} />
        </p>
      )}
    </div>
  );
}
