import type { Secret } from '@tenuto/contract';
import { useCreateSecret, useEditSecret } from '../../data/secrets.ts';
import { linesOf } from '../../logic/lines.ts';
import { EditorDialog } from '../../ui/editor-dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { useFormState, useSeenVersion } from '../../ui/form-state.ts';
import { thenClose } from '../../ui/toasts.ts';
import { SECRET_WORDS as words } from '../../words-secrets.ts';

interface Props {
  /** The one that is changed; none for a new one. */
  readonly secret?: Secret;
  readonly close: () => void;
}

/** Takes the value of a secret; it leaves this form for the server alone. */
export function SecretForm({ secret, close }: Props) {
  const [form, put] = useFormState({
    name: secret?.name ?? '',
    value: '',
    hosts: secret?.allowed_hosts?.join('\n') ?? '',
    description: secret?.description ?? '',
  });
  const create = useCreateSecret();
  const edit = useEditSecret();
  const change = secret === undefined ? create : edit;
  const version = useSeenVersion(secret, change.error);
  const submit = () => {
    const hosts = linesOf(form.hosts);
    const shared = {
      description: form.description.trim() || null,
      allowed_hosts: hosts.length > 0 ? hosts : null,
    };
    if (secret === undefined) {
      const body = { name: form.name.trim(), value: form.value, ...shared };
      return create.mutate(body, thenClose(words.created, close));
    }
    const body = { ...shared, ...(form.value !== '' && { value: form.value }) };
    edit.mutate({ name: secret.name, version, body }, thenClose(words.saved, close));
  };
  return (
    <EditorDialog
      title={secret === undefined ? words.create : words.edit}
      verb={secret === undefined ? words.create : words.save}
      change={change}
      submit={submit}
      close={close}
    >
      {(wrong) => (
        <>
          <TextField
            {...{ label: words.name, hint: words.nameHint, value: form.name, code: true }}
            put={(name) => put({ name })}
            error={wrong.get('name')}
            disabled={secret !== undefined}
            required
            first
          />
          <TextField
            {...{ kind: 'secret', value: form.value, required: secret === undefined }}
            label={secret === undefined ? words.value : words.newValue}
            hint={secret === undefined ? undefined : words.keepValue}
            put={(value) => put({ value })}
            error={wrong.get('value')}
          />
          <TextField
            {...{ kind: 'lines', label: words.hosts, hint: words.hostsHint, code: true }}
            value={form.hosts}
            put={(hosts) => put({ hosts })}
            error={wrong.get('allowed_hosts')}
          />
          <TextField
            {...{ label: words.description, value: form.description }}
            put={(description) => put({ description })}
            error={wrong.get('description')}
          />
        </>
      )}
    </EditorDialog>
  );
}
