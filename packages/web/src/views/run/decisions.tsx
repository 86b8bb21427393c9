import { Link } from '@tanstack/react-router';
import { useNeeds } from '../../data/needs.ts';
import { RUN_WORDS } from '../../words-run.ts';
import { WaitingApproval } from '../needs/approval.tsx';
import { WaitingIntervention } from '../needs/intervention.tsx';
import '../needs/needs.css';

/** More of them are decided where all of them stand. */
const MOST = 3;

/** What a run asks of people, with what may be decided: the one thing that calls. */
export function Decisions({ runId }: { readonly runId: string }) {
  const { data } = useNeeds();
  const approvals = (data?.approvals?.items ?? []).filter(({ run_id: id }) => id === runId);
  const others = (data?.interventions?.items ?? []).filter(({ job_id: id }) => id === runId);
  const cards = [
    ...approvals.map((item) => <WaitingApproval key={item.approval_id} item={item} />),
    ...others.map((item) => <WaitingIntervention key={item.intervention_id} item={item} />),
  ];
  return (
    <>
      {cards.slice(0, MOST)}
      {data !== undefined && (cards.length === 0 || cards.length > MOST) && (
        <Link to="/needs" search={{ show: 'all' }} className="link">
          {RUN_WORDS.explain.moreDecisions(cards.length - MOST)}
        </Link>
      )}
    </>
  );
}
