import { PasswordInput, Select, TextInput } from '@mantine/core';
import { WEBHOOK_VERIFICATIONS, type Webhook, type WebhookVerification } from '@tenuto/contract';
import { useCreateWebhook, useEditWebhook } from '../../data/webhooks.ts';
import { fieldErrors } from '../../logic/field-errors.ts';
import { EditorDialog } from '../../ui/editor-dialog.tsx';
import { useFormState } from '../../ui/form-state.ts';
import { tell } from '../../ui/toasts.ts';
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
  const create = useCreateWebhook();
  const edit = useEditWebhook();
  const change = webhook === undefined ? create : edit;
  const wrong = fieldErrors(change.error);
  const submit = () => {
    const body = {
      ...{ name: form.name.trim(), topic: form.topic.trim(), verify: form.verify },
      ...(form.secret !== '' && { secret: form.secret }),
    };
    const done = (sentence: string) => ({
      onSuccess: () => {
        tell(sentence);
        close();
      },
    });
    if (webhook === undefined) return create.mutate(body, done(words.created));
    const { webhook_id: webhookId, version } = webhook;
    edit.mutate({ webhookId, version, body }, done(words.saved));
  };
  return (
    <EditorDialog
      title={webhook === undefined ? words.create : words.edit}
      verb={webhook === undefined ? words.create : words.save}
      isPending={change.isPending}
      error={change.error}
      submit={submit}
      close={close}
    >
      <TextInput
        label={words.name}
        value={form.name}
        onChange={(event) => put({ name: event.currentTarget.value })}
        error={wrong.get('name')}
        required
        withAsterisk={false}
        data-autofocus
      />
      <TextInput
        label={words.topic}
        description={words.topicHint}
        value={form.topic}
        onChange={(event) => put({ topic: event.currentTarget.value })}
        error={wrong.get('topic')}
        required
        withAsterisk={false}
      />
      <Select
        label={words.verify}
        description={form.verify === 'none' ? words.verifyNone : undefined}
        data={WEBHOOK_VERIFICATIONS.map((value) => ({ value, label: words.verifications[value] }))}
        value={form.verify}
        onChange={(value) =>
          put({ verify: WEBHOOK_VERIFICATIONS.find((one) => one === value) ?? 'standard' })
        }
        allowDeselect={false}
      />
      {form.verify !== 'none' && (
        <PasswordInput
          label={webhook?.has_secret ? words.newSecret : words.secret}
          description={
            webhook?.has_secret
              ? words.keepSecret
              : form.verify === 'standard'
                ? words.secretHintStandard
                : words.secretHint
          }
          value={form.secret}
          onChange={(event) => put({ secret: event.currentTarget.value })}
          error={wrong.get('secret')}
          required={!webhook?.has_secret}
          withAsterisk={false}
          autoComplete="new-password"
        />
      )}
    </EditorDialog>
  );
}
