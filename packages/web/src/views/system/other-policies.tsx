import { Link } from '@tanstack/react-router';
import type { RecoveryRule, StandingPolicies } from '@tenuto/contract';
import { useMay } from '../../data/scopes.ts';
import { useServerSettings, useStandingPolicies } from '../../data/settings.ts';
import { JsonView } from '../../ui/json-view.tsx';
import { Failure } from '../../ui/notice.tsx';
import { POLICY_WORDS as words } from '../../words-policies.ts';

const GOVERNANCE = 'TENUTO_GOVERNANCE_POLICY';

/** Policies that are not stored here: jobs bring the one kind along, the server is started with the other. */
export function OtherPolicies() {
  const may = useMay()('runs:read');
  const { data, error, refetch } = useStandingPolicies(may);
  return (
    <>
      <section className="card" aria-label={words.recovery}>
        <header>
          <h2 className="grow">{words.recovery}</h2>
          <Link to="/needs">{words.recoveryWhere}</Link>
        </header>
        <div className="card-body stack">
          <p>{words.recoveryText}</p>
          <p className="dim">{words.recoveryDefault}</p>
          <ol className="recovery-rules">
            {data?.recovery.map((rule) => (
              <li key={JSON.stringify(rule)}>
                <code>{whenOf(rule)}</code> {words.recoveryDeeds[rule.action] ?? rule.action}
              </li>
            ))}
          </ol>
        </div>
      </section>
      <section className="card" aria-label={words.governance}>
        <header>
          <h2>{words.governance}</h2>
        </header>
        <div className="card-body stack">
          <p>{words.governanceText}</p>
          {error !== null && <Failure error={error} again={() => void refetch()} />}
          {data !== undefined && <Governance {...data} />}
        </div>
      </section>
    </>
  );
}

/** What a rule asks of a failure, in the words of the API. */
function whenOf({ when = {} }: RecoveryRule): string {
  const said = Object.entries(when).map(([name, value]) =>
    name === 'classification' ? [value].flat().join(', ') : `${name}: ${[value].flat().join(', ')}`,
  );
  return said.length === 0 ? words.recoveryElse : said.join('; ');
}

function Governance({ governance }: StandingPolicies) {
  const may = useMay()('admin');
  const { data } = useServerSettings(may && governance !== null);
  if (governance === null) return <p className="dim">{words.governanceNone}</p>;
  const file = data?.settings.find(({ name }) => name === GOVERNANCE)?.value;
  return (
    <>
      <JsonView value={governance} label={words.governance} />
      <p className="dim">
        {typeof file === 'string' ? words.governanceFile(file) : words.governanceFixed}
      </p>
    </>
  );
}
