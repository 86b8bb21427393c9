import { Button } from '@mantine/core';
import type { StoredRetryPolicy } from '@tenuto/contract';
import { useState } from 'react';
import { usePolicyVersions, useRemovePolicy, useRetryPolicy } from '../../data/policies.ts';
import { useMay } from '../../data/scopes.ts';
import { count, percent } from '../../logic/format.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Failure } from '../../ui/notice.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { When } from '../../ui/time.tsx';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { POLICY_WORDS as words } from '../../words-policies.ts';
import { DelayPicture } from './delay-picture.tsx';
import { PolicyForm } from './policy-form.tsx';

interface Props {
  /** Undefined for one that is being written. */
  readonly policyId: string | undefined;
  readonly close: () => void;
  readonly made: (policyId: string) => void;
}

/** A retry policy beside the others: to be read, written or changed. */
export function PolicyPanel({ policyId, close, made }: Props) {
  const { data, error, refetch } = useRetryPolicy(policyId);
  const may = useMay();
  const title = policyId === undefined ? words.newTitle : (data?.name ?? '');
  const head = <strong className="grow cut">{title}</strong>;
  const stored = data ?? undefined;
  return (
    <SidePanel label={title} close={close} head={head}>
      {policyId === undefined ? (
        <PolicyForm stored={undefined} saved={({ policy_id: id }) => made(id)} />
      ) : stored === undefined ? (
        error === null ? (
          <Waiting />
        ) : (
          <Failure error={error} again={() => void refetch()} />
        )
      ) : may('jobs:write') ? (
        <Changeable stored={stored} close={close} />
      ) : (
        <Readable stored={stored} />
      )}
    </SidePanel>
  );
}

function Changeable({
  stored,
  close,
}: {
  readonly stored: StoredRetryPolicy;
  readonly close: () => void;
}) {
  const [question, setQuestion] = useState<Question>();
  const remove = useRemovePolicy();
  const ask = () =>
    setQuestion({
      ...{ title: words.removeTitle(stored.name), text: words.removeText },
      ...{ verb: words.remove, danger: true },
      act: () =>
        remove.mutate(stored, {
          onSuccess: () => {
            tell(words.removed);
            close();
          },
          onError: (error) => tellFailure(words.failed, error),
        }),
    });
  return (
    <>
      <Facts stored={stored} />
      <PolicyForm
        stored={stored}
        saved={({ version }) => tell(words.saved(version))}
        beside={
          <Button variant="subtle" color="red" onClick={ask}>
            {words.remove}
          </Button>
        }
      />
      <Versions stored={stored} />
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}

function Readable({ stored }: { readonly stored: StoredRetryPolicy }) {
  return (
    <>
      <Facts stored={stored} />
      {stored.description !== null && <p>{stored.description}</p>}
      <DelayPicture policy={stored.policy} />
      <Versions stored={stored} />
    </>
  );
}

function Facts({ stored }: { readonly stored: StoredRetryPolicy }) {
  const { counts, success_rate: rate, average_attempts: average } = stored;
  const facts = [
    [words.runs, count(counts.runs)],
    [words.rate, rate === null ? '–' : percent(rate)],
    [words.average, average === null ? '–' : average.toFixed(1)],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      <div>
        <dt>Id</dt>
        <dd>
          <CopyId id={stored.policy_id} />
        </dd>
      </div>
    </dl>
  );
}

/** Each version with what came of it. */
function Versions({ stored }: { readonly stored: StoredRetryPolicy }) {
  const { data } = usePolicyVersions(stored.policy_id);
  if (data === undefined || data.items.length < 2) return null;
  return (
    <section className="side-part">
      <h3>{words.versions}</h3>
      <ul className="plain">
        {data.items.map((one) => (
          <li key={one.version}>
            {words.version(one.version)}{' '}
            <span className="dim">
              <When at={one.updated_at} /> {words.by} {one.updated_by},{' '}
              {one.success_rate === null
                ? words.unused
                : words.used(count(one.counts.runs), percent(one.success_rate))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
