import { Select } from '@mantine/core';
import { useState } from 'react';
import { useCircuitChange } from '../../data/circuits.ts';
import { EditorDialog } from '../../ui/editor-dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { thenClose } from '../../ui/toasts.ts';
import { CIRCUIT_WORDS as words } from '../../words-circuits.ts';

interface Props {
  readonly close: () => void;
  /** The key of the one that is opened; without it any may be named. */
  readonly circuit?: string;
}

const [[FIRST_DURATION]] = words.durations;

/** Opens a circuit by hand, for a while and for a reason. */
export function TripDialog({ close, circuit }: Props) {
  const [key, setKey] = useState(circuit ?? '');
  const [long, setLong] = useState<string>(FIRST_DURATION);
  const [reason, setReason] = useState('');
  const change = useCircuitChange();
  const submit = () => {
    const why = reason.trim();
    change.mutate(
      { verb: 'trip', key: key.trim(), durationMs: Number(long), ...(why && { reason: why }) },
      thenClose(words.tripped, close),
    );
  };
  return (
    <EditorDialog
      title={circuit === undefined ? words.tripNew : words.tripTitle(circuit)}
      verb={words.trip}
      {...{ change, submit, close }}
    >
      {() => (
        <>
          <p>{words.tripText}</p>
          {circuit === undefined && (
            <TextField label={words.key} value={key} put={setKey} required first />
          )}
          <Select
            label={words.tripFor}
            data={words.durations.map(([value, label]) => ({ value, label }))}
            value={long}
            onChange={(value) => setLong(value ?? FIRST_DURATION)}
            allowDeselect={false}
          />
          <TextField label={words.reason} value={reason} put={setReason} maxLength={1_000} />
        </>
      )}
    </EditorDialog>
  );
}
