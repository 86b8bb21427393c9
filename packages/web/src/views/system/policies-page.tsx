import { Button } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { StoredRetryPolicy } from '@tenuto/contract';
import { useRetryPolicies } from '../../data/policies.ts';
import { useMay } from '../../data/scopes.ts';
import { count, percent } from '../../logic/format.ts';
import { attemptsOf } from '../../logic/retry-delays.ts';
import type { PolicySearch } from '../../logic/system-search.ts';
import { useListKeys } from '../../ui/list-keys.ts';
import { Empty } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Paged } from '../../ui/paged.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';
import { When } from '../../ui/time.tsx';
import { POLICY_WORDS as words } from '../../words-policies.ts';
import { DelayLine } from './delay-picture.tsx';
import { OtherPolicies } from './other-policies.tsx';
import { PolicyPanel } from './policy-panel.tsx';
import './system.css';
import './policies.css';

const NEW = 'new';

/** What is done about failures, as far as it is stored. */
export function PoliciesPage() {
  const { policy } = useSearch({ from: '/system/policies' });
  const navigate = useNavigate();
  const may = useMay();
  const go = (search: PolicySearch, ignoreBlocker = false) =>
    void navigate({ to: '/system/policies', search, replace: true, ignoreBlocker });
  return (
    <Page
      title={words.title}
      aside={
        <>
          <span className="grow" />
          {may('jobs:write') && <Button onClick={() => go({ policy: NEW })}>{words.create}</Button>}
        </>
      }
    >
      <SystemSections />
      <div className={policy === undefined ? 'stack' : 'with-side'}>
        <div className="stack">
          <RetryPolicies picked={policy} open={(policyId) => go({ policy: policyId })} />
          <OtherPolicies />
        </div>
        {policy !== undefined && (
          <PolicyPanel
            key={policy}
            policyId={policy === NEW ? undefined : policy}
            close={() => go({})}
            made={(policyId) => go({ policy: policyId }, true)}
          />
        )}
      </div>
    </Page>
  );
}

interface ListProps {
  readonly picked: string | undefined;
  readonly open: (policyId: string) => void;
}

function RetryPolicies({ picked, open }: ListProps) {
  const pages = useRetryPolicies();
  useListKeys('.policy-link');
  return (
    <section className="card" aria-label={words.retry}>
      <header>
        <h2>{words.retry}</h2>
        <span className="dim">{words.retryText}</span>
      </header>
      <Paged
        pages={pages}
        empty={<Empty title={words.empty} text={words.emptyText} example={words.emptyExample} />}
      >
        {(policies) => (
          <div className="table-scroll">
            <table className="table table-cards">
              <thead>
                <tr>
                  <th>{words.name}</th>
                  <th>{words.strategy}</th>
                  <th>{words.picture}</th>
                  <th>{words.rate}</th>
                  <th>{words.jobTypes}</th>
                </tr>
              </thead>
              <tbody>
                {policies.map((policy) => (
                  <PolicyRow
                    key={policy.policy_id}
                    policy={policy}
                    isPicked={policy.policy_id === picked}
                    open={() => open(policy.policy_id)}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Paged>
    </section>
  );
}

interface RowProps {
  readonly policy: StoredRetryPolicy;
  readonly isPicked: boolean;
  readonly open: () => void;
}

function PolicyRow({ policy: stored, isPicked, open }: RowProps) {
  const { name, version, policy, counts, success_rate: rate, updated_at: at } = stored;
  return (
    <tr aria-current={isPicked ? 'true' : undefined}>
      <td className="first">
        <button type="button" className="link-button policy-link" onClick={open}>
          {name}
        </button>{' '}
        <span className="dim num">
          {words.version(version)}, <When at={at} />
        </span>
      </td>
      <td className="num">
        {words.short[policy.strategy ?? 'exponential_backoff']} ×{attemptsOf(policy)}
      </td>
      <td>
        <DelayLine policy={policy} />
      </td>
      <td className="dim num">
        {counts.nodes === 0 || rate === null
          ? words.unused
          : words.used(count(counts.runs), percent(rate))}
      </td>
      <td className="dim">{stored.applicable_job_types.join(', ')}</td>
    </tr>
  );
}
