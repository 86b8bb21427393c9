import { Link } from '@tanstack/react-router';
import type { Health } from '@tenuto/contract';
import { lazy } from 'react';
import { useOpenCircuits } from '../../data/circuits.ts';
import { useLatestEngines } from '../../data/engines.ts';
import { useHealth } from '../../data/health.ts';
import { patiently } from '../../data/patience.ts';
import { useMay } from '../../data/scopes.ts';
import {
  factsOf,
  nameOf,
  type Service,
  servicesOf,
  type Trouble,
  troublesOf,
} from '../../logic/health.ts';
import type { Status } from '../../logic/status.ts';
import { Failure } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Part } from '../../ui/part.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';
import { useNow, When } from '../../ui/time.tsx';
import { SYSTEM_WORDS as words } from '../../words-system.ts';
import { HealthCharts } from './health-charts.tsx';
import './system.css';

const Throughput = lazy(
  patiently(async () => ({
    default: (await import('../home/throughput.tsx')).Throughput,
  })),
);

const LOOK_EVERY_MS = 5_000;
const MINUTE_MS = 60_000;
/** Open circuits that are told one by one. */
const CIRCUITS = 20;

/** How the server does: what is wrong first, then its parts. */
export function SystemPage() {
  const health = useHealth(LOOK_EVERY_MS);
  return (
    <Page title={words.title}>
      <SystemSections />
      {health.data === undefined ? (
        health.error === null ? (
          <Waiting />
        ) : (
          <Failure error={health.error} again={() => void health.refetch()} />
        )
      ) : (
        <Found health={health.data} />
      )}
    </Page>
  );
}

function Found({ health }: { readonly health: Health }) {
  const may = useMay();
  const engines = useLatestEngines(may('metrics:read'));
  const circuits = useOpenCircuits(CIRCUITS);
  const unread = [engines, circuits].find(({ data, error }) => data === undefined && error);
  const now = useNow(MINUTE_MS);
  const troubles = troublesOf({
    ...{ health, now },
    engines: engines.data?.items ?? [],
    circuits: circuits.data?.items ?? [],
  });
  return (
    <>
      {unread && <Failure error={unread.error} again={() => void unread.refetch()} />}
      {/* What nobody could look at may be what is wrong. */}
      {(unread === undefined || troubles.length > 0) && <Verdict troubles={troubles} />}
      <HealthCharts />
      {may('runs:read') && (
        <Part fallback={<div className="card home-chart" />}>
          <Throughput />
        </Part>
      )}
      <Parts health={health} services={servicesOf(health, engines.data?.items ?? [])} />
    </>
  );
}

function Verdict({ troubles }: { readonly troubles: readonly Trouble[] }) {
  const wrong = troubles.filter(({ severity }) => severity === 'wrong').length;
  const state: Status = wrong > 0 ? 'broken' : troubles.length > 0 ? 'degraded' : 'well';
  const title =
    state === 'well'
      ? words.allWell
      : wrong > 0
        ? words.wrong(wrong)
        : words.looks(troubles.length);
  return (
    <section className="card verdict" data-state={state} aria-label={title}>
      <header>
        <StatusMark status={state} bare />
        <h2>{title}</h2>
      </header>
      {troubles.length === 0 ? (
        <p className="card-body dim">{words.allWellText}</p>
      ) : (
        <ul className="troubles">
          {troubles.map((trouble) => (
            <TroubleLine key={trouble.key + trouble.title} trouble={trouble} />
          ))}
        </ul>
      )}
    </section>
  );
}

function TroubleLine({ trouble: { severity, title, text, to } }: { readonly trouble: Trouble }) {
  return (
    <li>
      <StatusMark status={severity === 'wrong' ? 'broken' : 'degraded'} bare />
      <span>
        <strong>{to === undefined ? title : <Link to={to}>{title}</Link>}</strong>
        <span className="dim">{text}</span>
      </span>
    </li>
  );
}

interface PartsProps {
  readonly health: Health;
  readonly services: readonly Service[];
}

function Parts({ health, services }: PartsProps) {
  const may = useMay();
  return (
    <section className="card">
      <header>
        <h2>{words.parts}</h2>
        {may('metrics:read') && <Link to="/system/engines">{words.allEngines}</Link>}
        <Facts health={health} />
      </header>
      <div className="table-scroll">
        <table className="table table-cards">
          <thead>
            <tr>
              <th>{words.part}</th>
              <th>{words.state}</th>
              <th>{words.lifecycle}</th>
              <th>{words.since}</th>
              <th>{words.heard}</th>
              <th>{words.detail}</th>
            </tr>
          </thead>
          <tbody>
            {services.map((service) => (
              <ServiceRow key={service.key} service={service} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Facts({ health }: { readonly health: Health }) {
  const { started_at: started, version, authenticated_user: user } = health;
  return (
    <dl className="facts health-facts">
      <div>
        <dt>{words.version}</dt>
        <dd>{version}</dd>
      </div>
      {started !== undefined && (
        <div>
          <dt>{words.started}</dt>
          <dd>
            <When at={started} />
          </dd>
        </div>
      )}
      {user !== undefined && (
        <div>
          <dt>{words.you}</dt>
          <dd>{user}</dd>
        </div>
      )}
    </dl>
  );
}

const SIGNS = { ok: 'well', degraded: 'degraded', down: 'broken' } as const;

function ServiceRow({ service }: { readonly service: Service }) {
  const { key, check, lifecycle, since, heardAt } = service;
  const { detail, warnings = [] } = check;
  return (
    <tr>
      <td className="part-name">{nameOf(key)}</td>
      <td>
        <StatusMark status={SIGNS[check.status]} />
      </td>
      <td className="part-life">{words.lifecycles[lifecycle]}</td>
      <td>
        <Moment name={words.since} at={since} />
      </td>
      <td>
        <Moment name={words.heard} at={heardAt} />
      </td>
      <td className="part-facts">
        {[...(detail === undefined ? [] : [detail]), ...warnings].map((said) => (
          <span key={said} className="part-said">
            {said}
          </span>
        ))}
        {factsOf(check).map((fact) => (
          <span key={fact} className="part-fact">
            {fact}
          </span>
        ))}
      </td>
    </tr>
  );
}

/** With its name where a row is a card, and there is no head of a column. */
function Moment({ name, at }: { readonly name: string; readonly at: string | null }) {
  if (at === null) return <span className="dim not-in-card">–</span>;
  return (
    <span className="part-life">
      <span className="only-card dim">{name} </span>
      <When at={at} />
    </span>
  );
}
