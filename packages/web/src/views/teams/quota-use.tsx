import { useQuotaUse } from '../../data/teams.ts';
import { count, percent } from '../../logic/format.ts';
import { type LimitUse, limitUses } from '../../logic/quotas.ts';
import { Meter } from '../../ui/meter.tsx';
import { TEAM_WORDS as words } from '../../words-teams.ts';

/** What whoever is signed in uses of what they may. */
export function QuotaUse() {
  const { data } = useQuotaUse();
  if (data === undefined) return null;
  const uses = limitUses(data).filter(({ used }) => used !== undefined);
  return (
    <section className="card">
      <header>
        <h2 className="grow">{words.mine}</h2>
        <code>{data.principal}</code>
      </header>
      <dl className="facts card-body">
        {uses.map((use) => (
          <div key={use.name}>
            <dt>{words.limits[use.name]}</dt>
            <dd>
              <Used use={use} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Used({ use: { used = 0, limit, share } }: { readonly use: LimitUse }) {
  if (limit === null || share === undefined) {
    return (
      <span className="num">
        {count(used)} <span className="dim">{words.noLimit}</span>
      </span>
    );
  }
  return (
    <span className="num">
      {count(used)} {words.of} {count(limit)} <Meter share={share} /> {percent(share)}
    </span>
  );
}
