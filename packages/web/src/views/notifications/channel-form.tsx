import {
  CHANNEL_TYPES,
  type Channel,
  type ChannelType,
  type ChannelWithSecret,
} from '@tenuto/contract';
import { useState } from 'react';
import { useCreateChannel, useEditChannel } from '../../data/notifications.ts';
import { linesOf } from '../../logic/lines.ts';
import { EditorDialog } from '../../ui/editor-dialog.tsx';
import { ChoiceField, TextField } from '../../ui/fields.tsx';
import { useFormState, useSeenVersion } from '../../ui/form-state.ts';
import { ShownOnce } from '../../ui/shown-once.tsx';
import { tell, thenClose } from '../../ui/toasts.ts';
import { NOTICE_WORDS as words } from '../../words-notifications.ts';

interface Props {
  readonly channel?: Channel;
  readonly close: () => void;
}

const formOf = (channel: Channel | undefined) => ({
  name: channel?.name ?? '',
  type: channel?.type ?? ('webhook' as ChannelType),
  url: channel?.url ?? '',
  to: channel?.to?.join('\n') ?? '',
});
type Form = ReturnType<typeof formOf>;

/** Makes a channel, and shows the secret that signs its messages once; or changes one. */
export function ChannelForm({ channel, close }: Props) {
  const [form, put] = useFormState(formOf(channel));
  const [secret, setSecret] = useState<string>();
  const create = useCreateChannel();
  const edit = useEditChannel();
  const change = channel === undefined ? create : edit;
  const version = useSeenVersion(channel, change.error);
  const submit = () => {
    const name = form.name.trim();
    if (channel === undefined)
      return create.mutate({ name, ...whereOf(form) }, { onSuccess: made });
    const { type: _, ...where } = whereOf(form);
    const asked = { channelId: channel.channel_id, version, body: { name, ...where } };
    edit.mutate(asked, thenClose(words.saved, close));
  };
  const made = ({ secret: signing }: ChannelWithSecret) => {
    tell(words.channelCreated);
    if (signing === null) close();
    else setSecret(signing);
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
      change={change}
      submit={submit}
      close={close}
    >
      {(wrong) => (
        <>
          <TextField
            {...{ label: words.name, hint: words.nameHint, value: form.name }}
            put={(name) => put({ name })}
            error={wrong.get('name')}
            required
            first
          />
          <ChoiceField
            {...{ label: words.type, of: CHANNEL_TYPES, words: words.types, value: form.type }}
            pick={(type) => put({ type })}
            disabled={channel !== undefined}
          />
          <Where {...{ form, put, wrong }} />
        </>
      )}
    </EditorDialog>
  );
}

/** The one place that its kind has. */
function whereOf({ type, url, to }: Form) {
  return type === 'webhook'
    ? ({ type, url: url.trim() } as const)
    : ({ type, to: linesOf(to) } as const);
}

interface WhereProps {
  readonly form: Form;
  readonly put: (part: Partial<Form>) => void;
  readonly wrong: ReadonlyMap<string, string>;
}

function Where({ form, put, wrong }: WhereProps) {
  return form.type === 'webhook' ? (
    <TextField
      {...{ label: words.url, hint: words.urlHint, placeholder: 'https://', value: form.url }}
      put={(url) => put({ url })}
      error={wrong.get('url')}
      required
    />
  ) : (
    <TextField
      {...{ kind: 'lines', label: words.to, hint: words.toHint, value: form.to }}
      put={(to) => put({ to })}
      error={wrong.get('to')}
      required
    />
  );
}
