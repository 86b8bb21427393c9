import { Select, Textarea, TextInput } from '@mantine/core';
import { CHANNEL_TYPES, type Channel } from '@tenuto/contract';
import { useState } from 'react';
import { useCreateChannel, useEditChannel } from '../../data/notifications.ts';
import { fieldErrors } from '../../logic/field-errors.ts';
import { linesOf } from '../../logic/lines.ts';
import { EditorDialog } from '../../ui/editor-dialog.tsx';
import { useFormState } from '../../ui/form-state.ts';
import { ShownOnce } from '../../ui/shown-once.tsx';
import { tell } from '../../ui/toasts.ts';
import { NOTICE_WORDS as words } from '../../words-notifications.ts';

type ChannelType = (typeof CHANNEL_TYPES)[number];

interface Props {
  readonly channel?: Channel;
  readonly close: () => void;
}

/** Makes a channel, and shows the secret that signs its messages once; or changes one. */
export function ChannelForm({ channel, close }: Props) {
  const [form, put] = useFormState({
    name: channel?.name ?? '',
    type: channel?.type ?? ('webhook' as ChannelType),
    url: channel?.url ?? '',
    to: channel?.to?.join('\n') ?? '',
  });
  const [secret, setSecret] = useState<string>();
  const create = useCreateChannel();
  const edit = useEditChannel();
  const change = channel === undefined ? create : edit;
  const wrong = fieldErrors(change.error);
  const submit = () => {
    const name = form.name.trim();
    const where =
      form.type === 'webhook'
        ? ({ type: 'webhook', url: form.url.trim() } as const)
        : ({ type: 'email', to: linesOf(form.to) } as const);
    if (channel === undefined) {
      return create.mutate(
        { name, ...where },
        {
          onSuccess: ({ secret: made }) => {
            tell(words.channelCreated);
            return made === null ? close() : setSecret(made);
          },
        },
      );
    }
    const { type: _, ...body } = where;
    edit.mutate(
      { channelId: channel.channel_id, body: { name, ...body } },
      {
        onSuccess: () => {
          tell(words.saved);
          close();
        },
      },
    );
  };
  if (secret !== undefined) {
    return (
      <ShownOnce
        title={words.secretTitle}
        text={words.secretText}
        parts={[[words.secret, secret]]}
        close={close}
      />
    );
  }
  return (
    <EditorDialog
      title={channel === undefined ? words.createChannel : words.editChannel}
      verb={channel === undefined ? words.createChannel : words.save}
      isPending={change.isPending}
      error={change.error}
      submit={submit}
      close={close}
    >
      <TextInput
        label={words.name}
        description={words.nameHint}
        value={form.name}
        onChange={(event) => put({ name: event.currentTarget.value })}
        error={wrong.get('name')}
        required
        withAsterisk={false}
        data-autofocus
      />
      <Select
        label={words.type}
        data={CHANNEL_TYPES.map((value) => ({ value, label: words.types[value] }))}
        value={form.type}
        onChange={(value) => put({ type: CHANNEL_TYPES.find((one) => one === value) ?? 'webhook' })}
        disabled={channel !== undefined}
        allowDeselect={false}
      />
      {form.type === 'webhook' ? (
        <TextInput
          label={words.url}
          placeholder="https://"
          value={form.url}
          onChange={(event) => put({ url: event.currentTarget.value })}
          error={wrong.get('url')}
          required
          withAsterisk={false}
        />
      ) : (
        <Textarea
          label={words.to}
          description={words.toHint}
          value={form.to}
          onChange={(event) => put({ to: event.currentTarget.value })}
          error={wrong.get('to')}
          rows={3}
          required
          withAsterisk={false}
        />
      )}
    </EditorDialog>
  );
}
