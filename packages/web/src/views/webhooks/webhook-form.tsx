import { WEBHOOK_VERIFICATIONS, type Webhook, type WebhookVerification } from '@tenuto/contract';
import { useCreateWebhook, useEditWebhook } from '../../data/webhooks.ts';
import { EditorDialog } from '../../ui/editor-dialog.tsx';
import { ChoiceField, TextField } from '../../ui/fields.tsx';
import { useFormState, useSeenVersion } from '../../ui/form-state.ts';
import { thenClose } from '../../ui/toasts.ts';
import { WEBHOOK_WORDS as words } from '../../words-webhooks.ts';

interface Props {
  readonly webhook?: Webhook;
  readonly close: () => void;
}

/** Makes a webhook, or changes it; its address stays. */
export function WebhookForm({ webhook, close }: Props) {
  const [form, put] = useFormState({
    name: webhook?.name ?? '',
    topic: webhook?.topic ?? '',
    verify: webhook?.verify ?? ('standard' as WebhookVerification),
    secret: '',
  });
  const isKept = webhook?.has_secret === true;
  const create = useCreateWebhook();
  const edit = useEditWebhook();
  const change = webhook === undefined ? create : edit;
  const version = useSeenVersion(webhook, change.error);
  const submit = () => {
    const body = {
      ...{ name: form.name.trim(), topic: form.topic.trim(), verify: form.verify },
      ...(form.secret !== '' && { secret: form.secret }),
    };
    if (webhook === undefined) return create.mutate(body, thenClose(words.created, close));
    const { webhook_id: webhookId } = webhook;
    edit.mutate({ webhookId, version, body }, thenClose(words.saved, close));
  };
  return (
    <EditorDialog
      title={webhook === undefined ? words.create : words.edit}
      verb={webhook === undefined ? words.create : words.save}
      change={change}
      submit={submit}
      close={close}
    >
      {(wrong) => (
        <>
          <TextField
            {...{ label: words.name, value: form.name }}
            put={(name) => put({ name })}
            error={wrong.get('name')}
            required
            first
          />
          <TextField
            {...{ label: words.topic, hint: words.topicHint, value: form.topic }}
            put={(topic) => put({ topic })}
            error={wrong.get('topic')}
            required
          />
          <ChoiceField
            {...{ label: words.verify, of: WEBHOOK_VERIFICATIONS, words: words.verifications }}
            hint={form.verify === 'none' ? words.verifyNone : undefined}
            value={form.verify}
            pick={(verify) => put({ verify })}
          />
          {form.verify !== 'none' && (
            <TextField
              {...{ kind: 'secret', value: form.secret, required: !isKept }}
              label={isKept ? words.newSecret : words.secret}
              hint={isKept ? words.keepSecret : words.secretHints[form.verify]}
              put={(secret) => put({ secret })}
              error={wrong.get('secret')}
            />
          )}
        </>
      )}
    </EditorDialog>
  );
}
