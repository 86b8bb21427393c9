import { Autocomplete, Switch, Textarea, TextInput } from '@mantine/core';
import type { TaskDraft } from '../../logic/task-draft.ts';
import { faultAt } from '../../logic/task-faults.ts';
import { TASK_FORM_WORDS } from '../../words-task-form.ts';
import type { DraftProps } from './task-field.tsx';

const words = TASK_FORM_WORDS.condition;
const ACTIONS = ['http.request', 'command.run', 'transform.cel', 'mcp.call'];

/** What has to turn true, and what is asked to find out. */
export function ConditionBuilder({ draft, put, faults }: DraftProps) {
  const { fields } = draft;
  const set = (part: Partial<TaskDraft['fields']>) => put({ fields: { ...fields, ...part } });
  const probes = fields.probe_uses !== '';
  return (
    <div className="builder">
      <Switch
        label={words.probe}
        checked={probes}
        onChange={(event) =>
          set(
            event.currentTarget.checked
              ? { probe_uses: 'http.request', poll_interval_seconds: '60' }
              : { probe_uses: '', poll_interval_seconds: '' },
          )
        }
      />
      {!probes && <p className="dim">{words.noProbe}</p>}
      {probes && (
        <>
          <div className="field-grid">
            <Autocomplete
              size="xs"
              label={words.uses}
              data={ACTIONS}
              value={fields.probe_uses}
              onChange={(probe_uses) => probe_uses !== '' && set({ probe_uses })}
              error={faultAt(faults, '/probe/uses') ?? false}
              classNames={{ input: 'code-input' }}
            />
            <TextInput
              label={words.poll}
              type="number"
              min={1}
              value={fields.poll_interval_seconds}
              onChange={(event) => set({ poll_interval_seconds: event.currentTarget.value })}
              error={faultAt(faults, '/poll_interval_seconds') ?? false}
            />
            <TextInput
              label={words.timeout}
              type="number"
              min={1}
              value={fields.probe_timeout}
              onChange={(event) => set({ probe_timeout: event.currentTarget.value })}
              error={faultAt(faults, '/probe/timeout_seconds') ?? false}
            />
          </div>
          <Textarea
            size="xs"
            label={words.with}
            value={fields.probe_with}
            onChange={(event) => set({ probe_with: event.currentTarget.value })}
            rows={4}
            classNames={{ input: 'code-input' }}
            spellCheck={false}
            error={faultAt(faults, '/probe/with') ?? false}
          />
        </>
      )}
    </div>
  );
}
