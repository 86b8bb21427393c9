import { Link } from '@tanstack/react-router';
import { useDecidedInterventions } from '../../data/interventions.ts';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { NEEDS_WORDS as words } from '../../words-needs.ts';

/** What was decided lately, and by whom. */
export function Decided() {
  const { data } = useDecidedInterventions();
  if (data === undefined || data.items.length === 0) return null;
  return (
    <section className="card">
      <header>
        <h2>{words.decided}</h2>
      </header>
      <div className="table-scroll">
        <table className="table table-cards">
          <tbody>
            {data.items.map((item) => (
              <tr key={item.intervention_id}>
                <td>
                  <StatusMark status={item.state} />
                </td>
                <td className="first">{item.message}</td>
                <td>{item.resolution !== null && words.resolved[item.resolution]}</td>
                <td className="dim">
                  {item.resolved_by !== null && `${words.by} ${item.resolved_by}`}
                </td>
                <td>
                  <When at={item.resolved_at} />
                </td>
                <td>
                  <Link to="/runs/$runId" params={{ runId: item.job_id }}>
                    {item.job_id.slice(-8)}
                  </Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
