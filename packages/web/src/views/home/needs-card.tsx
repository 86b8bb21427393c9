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
  readonly kind: string;
  readonly text: string;
  /** The run that waits, where the text is not its name. */
  readonly run: string | null;
  readonly at: string | null;
  /** When it decides by itself. */
  readonly until: string | null;
}

const NEEDS_SHOWN = 7;

/** What waits for a person, over everything else: what decides by itself first, then the oldest. */
export function NeedsMe() {
  const { data, error } = useNeeds();
  if (data === undefined || data.mine === 0) {
    return (
      <Card title={words.needs} className="home-wide">
        {data !== undefined && <p className="card-body dim">{words.needsNone}</p>}
        {data === undefined && error === null && <Waiting rows={2} />}
        {data === undefined && error !== null && <Unread error={error} />}
      </Card>
    );
  }
  const needs = needsIn(data);
  return (
    <section className="card home-wide card-calls">
      <header>
        <StatusMark status="needs_person" bare />
        <h2 className="grow">
          {words.needs} <span className="num">{data.mine}</span>
        </h2>
        <Link to="/needs" className="calls-link">
          {words.decide}
        </Link>
      </header>
      <ul className="home-list">
        {needs.slice(0, NEEDS_SHOWN).map((need) => (
          <NeedRow key={need.key} need={need} />
        ))}
      </ul>
      {data.mine > NEEDS_SHOWN && (
        <p className="card-body">
          <Link to="/needs">{words.more(data.mine - NEEDS_SHOWN)}</Link>
        </p>
      )}
    </section>
  );
}

function NeedRow({ need: { key, kind, text, run, at, until } }: { readonly need: Need }) {
  return (
    <li>
      <span className="home-kind">{kind}</span>
      <Link to="/needs" hash={key} className="grow cut">
        {text} {run !== null && <span className="dim">{run}</span>}
      </Link>
      {until === null ? (
        <When at={at} />
      ) : (
        <span className="dim num">
          <span className="wide-only">{words.decidesItself} </span>
          <When at={until} />
        </span>
      )}
    </li>
  );
}

function needsIn(needs: Needs): readonly Need[] {
  const { approvals, decisions, money, phases } = needsOf(needs, false);
  const asked = (items: typeof money, kind: string) =>
    items.map((item) => ({
      ...{ key: item.intervention_id, kind, text: item.message, run: item.run_name },
      ...{ at: item.opened_at, until: item.deadline_at },
    }));
  const { approval, failure, money: forMoney, next } = words.needKinds;
  const all = [
    ...approvals.map((item) => ({
      ...{ key: item.approval_id, kind: approval, text: item.title, at: item.opened_at },
      ...{ run: item.run_name === item.title ? null : item.run_name, until: item.deadline_at },
    })),
    ...asked(decisions, failure),
    ...asked(money, forMoney),
    ...phases.map(({ run_id: key, name, phases: ready, started_at: at }) => ({
      ...{ key, kind: next, text: ready.map((phase) => phase.name).join(', '), run: name },
      ...{ at, until: null },
    })),
  ];
  const order = ({ until, at }: Need) => `${until ?? '9999'} ${at}`;
  return all.toSorted((a, b) => order(a).localeCompare(order(b)));
}
