import { Button, Group, Modal, NativeSelect, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import {
  BULK_ACTIONS,
  BULK_OUTCOMES,
  type BulkAction,
  type BulkAnswer,
  type BulkFilter,
} from '@tenuto/contract';
import { useState } from 'react';
import { bulk, runsKey } from '../../data/runs.ts';
import { Failure } from '../../ui/notice.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { tell } from '../../ui/toasts.ts';
import { WORDS } from '../../words.ts';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.bulk;
const PRIORITIES = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'];

/** Which runs something is to be done to: those that fit the filters, or those that were picked. */
export interface BulkTarget {
  /** Undefined when nothing narrows the list. */
  readonly filter: BulkFilter | undefined;
  readonly isPicked: boolean;
}

interface Props {
  /** Undefined while the dialog is closed. */
  readonly target: BulkTarget | undefined;
  readonly close: (isDone: boolean) => void;
}

/** One thing done to many runs, which are shown before it is done. */
export function BulkDialog({ target, close }: Props) {
  const title = target?.isPicked ? words.titlePicked : words.title;
  return (
    <Modal opened={target !== undefined} onClose={() => close(false)} title={title} size="lg">
      {target !== undefined && <Form target={target} close={close} />}
    </Modal>
  );
}

interface FormProps {
  readonly target: BulkTarget;
  readonly close: Props['close'];
}

function Form({ target: { filter, isPicked }, close }: FormProps) {
  const [action, setAction] = useState<BulkAction>('cancel');
  const [reason, setReason] = useState('');
  const [priority, setPriority] = useState('5');
  const queries = useQueryClient();
  const request = {
    ...{ filter: filter ?? {}, action },
    ...(action === 'reprioritise' && { priority: Number(priority) }),
    ...(reason.trim() !== '' && { reason: reason.trim() }),
  };
  const preview = useMutation({ mutationFn: () => bulk({ ...request, dry_run: true }) });
  const act = useMutation({
    mutationFn: () => bulk(request),
    onSuccess: (answer) => {
      tell(words.done(answer.outcomes.changed + answer.outcomes.asked));
      void queries.invalidateQueries({ queryKey: runsKey });
      close(true);
    },
  });
  if (filter === undefined) return <p>{words.needsFilter}</p>;
  const touched = preview.data && preview.data.outcomes.changed + preview.data.outcomes.asked;
  return (
    <>
      <Group align="flex-end" gap="xs">
        <Select
          label={words.pick}
          data={BULK_ACTIONS.map((value) => ({ value, label: words.actions[value] }))}
          value={action}
          onChange={(value) => {
            setAction(BULK_ACTIONS.find((one) => one === value) ?? 'cancel');
            preview.reset();
          }}
        />
        {action === 'reprioritise' && (
          <NativeSelect
            label={words.priority}
            data={PRIORITIES}
            value={priority}
            onChange={(event) => setPriority(event.currentTarget.value)}
          />
        )}
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
      {preview.data !== undefined && <Preview answer={preview.data} isPicked={isPicked} />}
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={() => close(false)}>
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

interface PreviewProps {
  readonly answer: BulkAnswer;
  readonly isPicked: boolean;
}

function Preview({ answer, isPicked }: PreviewProps) {
  const matched = isPicked ? words.matchedPicked : words.matched;
  return (
    <div aria-live="polite">
      <p className="bulk-counts">{matched(answer.matched)}</p>
      {answer.next_cursor !== null && <p className="dim">{words.more}</p>}
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
