import { Modal } from '@mantine/core';
import type { QuotaUse as Use } from '@tenuto/contract';
import { useQuotaUse } from '../../data/teams.ts';
import { count, percent } from '../../logic/format.ts';
import { type LimitUse, limitUses } from '../../logic/quotas.ts';
import { Meter } from '../../ui/meter.tsx';
import { Failure } from '../../ui/notice.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { TEAM_WORDS as words } from '../../words-teams.ts';

/** What whoever is signed in uses of what they may. */
export function QuotaUse() {
  const { data } = useQuotaUse();
  if (data === undefined) return null;
  return (
    <section className="card">
      <header>
        <h2 className="grow">{words.mine}</h2>
        <code>{data.principal}</code>
      </header>
      <Uses use={data} />
    </section>
  );
}

interface OfProps {
  readonly principal: string;
  readonly close: () => void;
}

/** The same of somebody else. */
export function QuotaUseOf({ principal, close }: OfProps) {
  const { data, error, refetch } = useQuotaUse(principal);
  return (
    <Modal opened onClose={close} title={words.usedBy(principal)}>
      {data === undefined && error === null && <Waiting rows={3} />}
      {data === undefined && error !== null && (
        <Failure error={error} again={() => void refetch()} />
      )}
      {data !== undefined && <Uses use={data} />}
    </Modal>
  );
}

function Uses({ use }: { readonly use: Use }) {
  const uses = limitUses(use).filter(({ used }) => used !== undefined);
  return (
    <dl className="facts card-body">
      {uses.map((one) => (
        <div key={one.name}>
          <dt>{words.limits[one.name]}</dt>
          <dd>
            <Used use={one} />
          </dd>
        </div>
      ))}
    </dl>
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
