import { Select } from '@mantine/core';
import type { Scope } from '@tenuto/contract';
import { useState } from 'react';
import { useCreateToken } from '../../data/agents.ts';
import { now } from '../../data/clock.ts';
import { EXPIRY_DAYS, expiresAt } from '../../logic/expiry.ts';
import { EditorDialog } from '../../ui/editor-dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { useFormState } from '../../ui/form-state.ts';
import { ScopePicker } from '../../ui/scope-picker.tsx';
import { ShownOnce } from '../../ui/shown-once.tsx';
import { AGENT_WORDS as words } from '../../words-agents.ts';

interface Props {
  readonly own: readonly string[];
  /** Whose token it is: an agent's, or of who makes it. */
  readonly agentId?: string;
  readonly close: () => void;
}

const FIRST_DAYS = 90;

/** Makes an API token, and shows it once. */
export function TokenForm({ own, agentId, close }: Props) {
  const [form, put] = useFormState({ name: '', days: FIRST_DAYS, scopes: [] as readonly Scope[] });
  const [shown, setShown] = useState<string>();
  const create = useCreateToken();
  const submit = () => {
    const ends = expiresAt(form.days, now());
    create.mutate(
      {
        ...{ name: form.name.trim(), scopes: [...form.scopes] },
        ...(agentId !== undefined && { agent_id: agentId }),
        ...(ends !== undefined && { expires_at: ends }),
      },
      { onSuccess: ({ token }) => setShown(token) },
    );
  };
  if (shown !== undefined) {
    return (
      <ShownOnce
        title={words.tokenShown}
        text={words.tokenText}
        parts={[[words.token, shown]]}
        close={close}
      />
    );
  }
  return (
    <EditorDialog
      title={words.createToken}
      verb={words.createToken}
      change={create}
      submit={submit}
      close={close}
    >
      {(wrong) => (
        <>
          {agentId === undefined && <p className="dim">{words.tokenActsAs}</p>}
          <TextField
            {...{ label: words.name, value: form.name, maxLength: 100 }}
            put={(name) => put({ name })}
            error={wrong.get('name')}
            required
            first
          />
          <Expiry days={form.days} pick={(days) => put({ days })} />
          <ScopePicker
            label={words.scopes}
            scopes={form.scopes}
            own={own}
            pick={(scopes) => put({ scopes })}
          />
        </>
      )}
    </EditorDialog>
  );
}

/** How long something is good for. */
export function Expiry({
  days,
  pick,
}: {
  readonly days: number;
  readonly pick: (days: number) => void;
}) {
  return (
    <Select
      label={words.ends}
      data={EXPIRY_DAYS.map((each) => ({ value: String(each), label: words.days(each) }))}
      value={String(days)}
      onChange={(value) => pick(Number(value ?? FIRST_DAYS))}
      allowDeselect={false}
    />
  );
}
