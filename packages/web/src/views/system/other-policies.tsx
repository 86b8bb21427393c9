import { Link } from '@tanstack/react-router';
import { useMay } from '../../data/scopes.ts';
import { useServerSettings } from '../../data/settings.ts';
import { POLICY_WORDS as words } from '../../words-policies.ts';

const GOVERNANCE = 'TENUTO_GOVERNANCE_POLICY';

/** Policies that are not stored here: jobs bring the one kind along, the server is started with the other. */
export function OtherPolicies() {
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
            {words.recoveryRules.map(([what, deed, why]) => (
              <li key={what}>
                <code>{what}</code> {deed} <span className="dim">{why}</span>
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
          <Governance />
        </div>
      </section>
    </>
  );
}

function Governance() {
  const may = useMay();
  const { data } = useServerSettings(may('admin'));
  if (!may('admin')) return <p className="dim">{words.governanceHidden}</p>;
  if (data === undefined) return null;
  const file = data.settings.find(({ name }) => name === GOVERNANCE)?.value;
  return (
    <p className="dim">
      {typeof file === 'string' ? words.governanceFile(file) : words.governanceNone}
    </p>
  );
}
