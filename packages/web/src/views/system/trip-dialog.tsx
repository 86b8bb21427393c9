import { Button, Group, Select, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useCircuitChange } from '../../data/circuits.ts';
import { messageOf } from '../../ui/notice.tsx';
import { tell } from '../../ui/toasts.ts';
import { FormModal } from '../../ui/unsaved.tsx';
import { WORDS } from '../../words.ts';
import { CIRCUIT_WORDS as words } from '../../words-circuits.ts';

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
  /** The key of the one that is opened; without it any may be named. */
  readonly circuit?: string;
}

/** Opens a circuit by hand, for a while and for a reason. */
export function TripDialog({ opened, close, circuit }: Props) {
  const title = circuit === undefined ? words.tripNew : words.tripTitle(circuit);
  return (
    <FormModal opened={opened} onClose={close} title={title} size="sm">
      {opened && <Form close={close} circuit={circuit} />}
    </FormModal>
  );
}

const [[FIRST_DURATION]] = words.durations;

function Form({ close, circuit }: Pick<Props, 'close'> & { readonly circuit: string | undefined }) {
  const [key, setKey] = useState(circuit ?? '');
  const [long, setLong] = useState<string>(FIRST_DURATION);
  const [reason, setReason] = useState('');
  const change = useCircuitChange();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const why = reason.trim();
    change.mutate(
      { verb: 'trip', key: key.trim(), durationMs: Number(long), ...(why && { reason: why }) },
      {
        onSuccess: () => {
          tell(words.tripped);
          close();
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className="stack">
      <p>{words.tripText}</p>
      {circuit === undefined && (
        <TextInput
          label={words.key}
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          data-autofocus
          required
          withAsterisk={false}
        />
      )}
      <Select
        label={words.tripFor}
        data={words.durations.map(([value, label]) => ({ value, label }))}
        value={long}
        onChange={(value) => setLong(value ?? FIRST_DURATION)}
        allowDeselect={false}
      />
      <TextInput
        label={words.reason}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={1_000}
      />
      {change.error !== null && (
        <p className="tone-red" role="alert">
          {messageOf(change.error)}
        </p>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close}>
          {WORDS.common.cancel}
        </Button>
        <Button type="submit" loading={change.isPending} disabled={key.trim() === ''}>
          {words.trip}
        </Button>
      </Group>
    </form>
  );
}
