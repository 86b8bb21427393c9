import type { HealthCheck } from '@tenuto/contract';
import { useAudit } from '../../data/audit.ts';
import { useHealth } from '../../data/health.ts';
import { useMay } from '../../data/scopes.ts';
import { Failure } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';
import { Exact } from '../../ui/time.tsx';
import { SYSTEM_WORDS as words } from '../../words-system.ts';

/** How the server does, and who has changed what. */
export function SystemPage() {
  const may = useMay();
  return (
    <Page title={words.title}>
      <SystemSections />
      <HealthCard />
      {may('audit:read') && <AuditCard />}
    </Page>
  );
}

const SIGNS = { ok: 'completed', degraded: 'retrying', down: 'failed' } as const;

function HealthCard() {
  const { data, error } = useHealth();
  if (data === undefined) return error === null ? <Waiting /> : <Failure error={error} />;
  return (
    <section className="card">
      <header>
        <h2 className="grow">{words.health}</h2>
        <span className="dim">
          {words.version} {data.version}
        </span>
      </header>
      <div className="table-scroll">
        <table className="table table-cards">
          <thead>
            <tr>
              <th>{words.part}</th>
              <th>{words.status}</th>
              <th>{words.detail}</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(data.checks).map(([name, check]) => (
              <Check key={name} name={name} check={check} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Check({ name, check }: { readonly name: string; readonly check: HealthCheck }) {
  const values = Object.entries(check.values ?? {}).map(
    ([key, value]) => `${key.replaceAll('_', ' ')} ${value}`,
  );
  const said = [check.detail, ...(check.warnings ?? []), ...values].filter(Boolean);
  return (
    <tr>
      <td>{name}</td>
      <td>
        <span className="row">
          <StatusMark status={SIGNS[check.status]} bare />
          {words.words[check.status]}
        </span>
      </td>
      <td>{said.join(' · ')}</td>
    </tr>
  );
}

function AuditCard() {
  const { data, error } = useAudit();
  return (
    <section className="card">
      <header>
        <h2>{words.audit}</h2>
      </header>
      {error !== null && data === undefined && <Failure error={error} />}
      {data?.items.length === 0 && <p className="card-body dim">{words.noAudit}</p>}
      <div className="table-scroll">
        <table className="table table-cards">
          <thead>
            <tr>
              <th>{words.at}</th>
              <th>{words.actor}</th>
              <th>{words.action}</th>
              <th>{words.subject}</th>
            </tr>
          </thead>
          <tbody>
            {data?.items.map((row) => (
              <tr key={row.audit_id}>
                <td>
                  <Exact at={row.at} />
                </td>
                <td>{row.actor}</td>
                <td>{row.action}</td>
                <td>
                  <code>{row.subject}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
