import { Button, Group, Modal, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { BULK_ACTIONS, BULK_OUTCOMES, type BulkAction, type BulkAnswer } from '@tenuto/contract';
import { useState } from 'react';
import { now } from '../../data/clock.ts';
import { bulk, runsKey } from '../../data/runs.ts';
import { bulkFilterOf, type RunFilters } from '../../logic/run-filters.ts';
import { Failure } from '../../ui/notice.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { tell } from '../../ui/toasts.ts';
import { WORDS } from '../../words.ts';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.bulk;
/** Without a number to go with it, which the dialog does not ask for yet. */
const ACTIONS = BULK_ACTIONS.filter((action) => action !== 'reprioritise');

interface Props {
  readonly filters: RunFilters;
  readonly opened: boolean;
  readonly close: () => void;
}

/** One thing done to all runs that fit the filters, which are shown before it is done. */
export function BulkDialog({ opened, close, filters }: Props) {
  return (
    <Modal opened={opened} onClose={close} title={words.title} size="lg">
      {opened && <Form filters={filters} close={close} />}
    </Modal>
  );
}

function Form({ filters, close }: Omit<Props, 'opened'>) {
  const [action, setAction] = useState<BulkAction>('cancel');
  const [reason, setReason] = useState('');
  // Both looks at the runs are of the same span of time.
  const [filter] = useState(() => bulkFilterOf(filters, now()));
  const queries = useQueryClient();
  const request = {
    ...{ filter: filter ?? {}, action },
    ...(reason.trim() !== '' && { reason: reason.trim() }),
  };
  const preview = useMutation({ mutationFn: () => bulk({ ...request, dry_run: true }) });
  const act = useMutation({
    mutationFn: () => bulk(request),
    onSuccess: (answer) => {
      tell(words.done(answer.outcomes.changed + answer.outcomes.asked));
      void queries.invalidateQueries({ queryKey: runsKey });
      close();
    },
  });
  if (filter === undefined) return <p>{words.needsFilter}</p>;
  const touched = preview.data && preview.data.outcomes.changed + preview.data.outcomes.asked;
  return (
    <>
      <Group align="flex-end" gap="xs">
        <Select
          label={words.pick}
          data={ACTIONS.map((value) => ({ value, label: words.actions[value] }))}
          value={action}
          onChange={(value) => {
            setAction(ACTIONS.find((one) => one === value) ?? 'cancel');
            preview.reset();
          }}
        />
        <TextInput
          label={words.reason}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button variant="default" onClick={() => preview.mutate()} loading={preview.isPending}>
          {words.preview}
        </Button>
      </Group>
      {preview.error !== null && <Failure error={preview.error} />}
      {act.error !== null && <Failure error={act.error} />}
      {preview.data !== undefined && <Preview answer={preview.data} />}
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={close}>
          {WORDS.common.cancel}
        </Button>
        <Button
          {...(action === 'cancel' && { color: 'red' })}
          disabled={!touched}
          loading={act.isPending}
          onClick={() => act.mutate()}
        >
          {words.go(touched ?? 0)}
        </Button>
      </Group>
    </>
  );
}

function Preview({ answer }: { readonly answer: BulkAnswer }) {
  return (
    <div aria-live="polite">
      <p className="bulk-counts">{words.matched(answer.matched)}</p>
      <ul className="bulk-counts">
        {BULK_OUTCOMES.filter((outcome) => answer.outcomes[outcome] > 0).map((outcome) => (
          <li key={outcome}>
            {answer.outcomes[outcome]} {words.outcomes[outcome]}
          </li>
        ))}
      </ul>
      <div className="bulk-items">
        <table className="table">
          <tbody>
            {answer.items.map((item) => (
              <tr key={item.run_id}>
                <td>
                  <StatusMark status={item.status} />
                </td>
                <td>{item.name}</td>
                <td className="dim">{item.detail}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
