import { Link } from '@tanstack/react-router';
import type { Needs } from '@tenuto/contract';
import { useNeeds } from '../../data/needs.ts';
import { needsOf } from '../../logic/needs.ts';
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
  const { data, error } = useNeeds();
  const needs = data && needsIn(data);
  const calls = data !== undefined && data.mine > 0;
  return (
    <Card
      title={words.needs}
      aside={calls && <Link to="/needs">{words.allOf(String(data.mine))}</Link>}
      className={calls ? 'card-calls' : ''}
    >
      {needs === undefined && (error === null ? <Waiting rows={2} /> : <Unread error={error} />)}
      {needs?.length === 0 && <p className="card-body dim">{words.needsNone}</p>}
      <ul className="home-list">
        {needs?.slice(0, NEEDS_SHOWN).map(({ key, text, kind, at }) => (
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

function needsIn(needs: Needs): readonly Need[] {
  const { approvals, decisions, money, phases } = needsOf(needs, false);
  const asked = (items: typeof money, kind: string) =>
    items.map((item) => ({
      ...{ key: item.intervention_id, text: item.message, at: item.opened_at, kind },
    }));
  return [
    ...approvals.map((item) => ({
      ...{ key: item.approval_id, text: item.title, at: item.opened_at },
      kind: words.needKinds.approval,
    })),
    ...asked(decisions, words.needKinds.failure),
    ...asked(money, words.needKinds.money),
    ...phases.map((run) => ({
      ...{ key: run.run_id, text: run.name, at: run.started_at, kind: words.needKinds.next },
    })),
  ];
}
