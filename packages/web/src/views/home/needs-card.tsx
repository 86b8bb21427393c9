import { Link } from '@tanstack/react-router';
import { useOpenApprovals } from '../../data/approvals.ts';
import { useOpenInterventions } from '../../data/interventions.ts';
import { useWaitingPhases } from '../../data/phased.ts';
import { waitsForMoney } from '../../logic/phases.ts';
import { Waiting } from '../../ui/skeleton.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { HOME_WORDS as words } from '../../words-home.ts';
import { Card, Unread } from './home-cards.tsx';

interface Need {
  readonly key: string;
  readonly text: string;
  readonly kind: string;
  readonly at: string | null;
}

const NEEDS_SHOWN = 7;

/** What waits for a person: questions first, then failures and money, then phases. */
export function NeedsMe() {
  const questions = useOpenInterventions();
  const decisions = useOpenApprovals();
  const steps = useWaitingPhases();
  const [data, approvals, phases] = [questions.data, decisions.data, steps.data];
  const unread = [questions, decisions, steps].find((one) => one.data === undefined && one.error);
  const mine = approvals?.items.filter(({ approval_id: id }) => approvals.mine.includes(id)) ?? [];
  const needs: readonly Need[] = [
    ...mine.map((item) => ({
      ...{ key: item.approval_id, text: item.title, at: item.opened_at },
      kind: words.needKinds.approval,
    })),
    ...(data?.items ?? []).map((item) => ({
      ...{ key: item.intervention_id, text: item.message, at: item.opened_at },
      kind: waitsForMoney(item) ? words.needKinds.money : words.needKinds.failure,
    })),
    ...(phases?.items ?? []).map((run) => ({
      ...{ key: run.run_id, text: run.name, at: run.started_at, kind: words.needKinds.next },
    })),
  ];
  const total = (data?.total ?? 0) + (approvals?.mineTotal ?? 0) + (phases?.total ?? 0);
  return (
    <Card
      title={words.needs}
      aside={needs.length > 0 && <Link to="/needs">{words.needsMore(total)}</Link>}
      className={needs.length > 0 ? 'card-calls' : ''}
    >
      {data === undefined && !unread && needs.length === 0 && <Waiting rows={2} />}
      {unread && <Unread error={unread.error} />}
      {data !== undefined && unread === undefined && needs.length === 0 && (
        <p className="card-body dim">{words.needsNone}</p>
      )}
      <ul className="home-list">
        {needs.slice(0, NEEDS_SHOWN).map(({ key, text, kind, at }) => (
          <li key={key}>
            <StatusMark status="needs_person" bare />
            <span className="home-kind">{kind}</span>
            <Link to="/needs" className="grow cut">
              {text}
            </Link>
            <When at={at} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
