import { Link } from '@tanstack/react-router';
import { useOpenApprovals } from '../../data/approvals.ts';
import { useOpenInterventions } from '../../data/interventions.ts';
import { RUN_WORDS } from '../../words-run.ts';
import { WaitingApproval } from '../needs/approval.tsx';
import { WaitingIntervention } from '../needs/intervention.tsx';
import '../needs/needs.css';

/** More of them are decided where all of them stand. */
const MOST = 3;

/** What a run asks of people, with what may be decided: the one thing that calls. */
export function Decisions({ runId }: { readonly runId: string }) {
  const { data: asked } = useOpenApprovals(runId);
  const { data: open } = useOpenInterventions(runId);
  const cards = [
    ...(asked?.items ?? []).map((item) => (
      <WaitingApproval
        key={item.approval_id}
        item={item}
        isMine={asked?.mine.includes(item.approval_id) === true}
      />
    )),
    ...(open?.items ?? []).map((item) => (
      <WaitingIntervention key={item.intervention_id} item={item} />
    )),
  ];
  return (
    <>
      {cards.slice(0, MOST)}
      {cards.length > MOST && (
        <Link to="/needs" search={{ show: 'all' }} className="link">
          {RUN_WORDS.explain.moreDecisions(cards.length - MOST)}
        </Link>
      )}
    </>
  );
}
