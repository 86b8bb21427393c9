import type { Agent, Scope } from '@tenuto/contract';
import { useWriteAgent } from '../../data/agents.ts';
import { EditorDialog } from '../../ui/editor-dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { useFormState, useSeenVersion } from '../../ui/form-state.ts';
import { ScopePicker } from '../../ui/scope-picker.tsx';
import { tell } from '../../ui/toasts.ts';
import { AGENT_WORDS as words } from '../../words-agents.ts';

interface Props {
  /** The agent that is changed; none for a new one. */
  readonly agent?: Agent;
  readonly own: readonly string[];
  readonly close: () => void;
  readonly done: (agent: Agent) => void;
}

/** Makes an agent, or changes all of it but its name. */
export function AgentForm({ agent, own, close, done }: Props) {
  const [form, put] = useFormState({
    name: agent?.name ?? '',
    description: agent?.description ?? '',
    webhook: agent?.webhook_url ?? '',
    scopes: (agent?.scopes ?? []) as readonly Scope[],
  });
  const write = useWriteAgent();
  const version = useSeenVersion(agent, write.error);
  const submit = () => {
    const body = {
      ...{ name: form.name.trim(), scopes: [...form.scopes] },
      description: form.description.trim() || null,
      webhook_url: form.webhook.trim() || null,
      ...(agent !== undefined && { status: agent.status }),
    };
    const change = agent === undefined ? { body } : { body, agentId: agent.agent_id, version };
    write.mutate(change, {
      onSuccess: (written) => {
        tell(agent === undefined ? words.created : words.saved);
        done(written);
      },
    });
  };
  return (
    <EditorDialog
      title={agent === undefined ? words.create : words.edit}
      verb={agent === undefined ? words.create : words.save}
      change={write}
      submit={submit}
      close={close}
    >
      {(wrong) => (
        <>
          <TextField
            {...{ label: words.name, hint: words.nameHint, value: form.name }}
            put={(name) => put({ name })}
            error={wrong.get('name')}
            disabled={agent !== undefined}
            required
            first
          />
          <TextField
            {...{ kind: 'lines', rows: 2, label: words.description, value: form.description }}
            put={(description) => put({ description })}
            error={wrong.get('description')}
          />
          <TextField
            {...{ label: words.webhook, placeholder: 'https://', value: form.webhook }}
            put={(webhook) => put({ webhook })}
            error={wrong.get('webhook_url')}
          />
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
