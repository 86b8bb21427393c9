import { TextInput } from '@mantine/core';
import {
  BACKOFF_ALIASES,
  MISFIRE_POLICIES,
  OVERLAP_POLICIES,
  RETRY_STRATEGIES,
} from '@tenuto/contract';
import { fieldOfOnce, instantText } from '../../logic/once-time.ts';
import { isPlanned } from '../../logic/task-draft.ts';
import { faultAt } from '../../logic/task-faults.ts';
import { isZone } from '../../logic/zone-time.ts';
import { TASK_FORM_WORDS as words } from '../../words-task-form.ts';
import { ChoiceField, CodeField, type DraftProps, TextField } from './task-field.tsx';

/** What happens when things go otherwise; each with what it means, and a default that is right. */
export function Advanced(props: DraftProps) {
  const { kind } = props.draft;
  return (
    <details className="form-part advanced">
      <summary>
        <h2>{words.advanced.title}</h2>
        <span className="dim">{words.advanced.text}</span>
      </summary>
      <Group title={words.advanced.runs}>
        <ChoiceField
          {...props}
          field="overlap_policy"
          choices={OVERLAP_POLICIES.map((one) => [one, words.overlaps[one]])}
        />
        <TextField {...props} field="concurrency_key" />
        <TextField {...props} field="concurrency_limit" type="number" />
        <TextField {...props} field="dedupe_key" />
        <TextField {...props} field="dedupe_window_seconds" type="number" />
      </Group>
      {isPlanned(kind) && <Missed {...props} />}
      {kind === 'event' && (
        <Group title={words.advanced.events}>
          <TextField {...props} field="debounce_seconds" type="number" />
          <TextField {...props} field="batch_events" type="number" />
          <TextField {...props} field="batch_wait" type="number" />
        </Group>
      )}
      <Group title={words.advanced.bounds}>
        <TimeField {...props} field="start_at" />
        <TimeField {...props} field="end_at" />
        <TextField {...props} field="max_runs" type="number" />
      </Group>
      <Retries {...props} />
    </details>
  );
}

function Missed(props: DraftProps) {
  const { fields } = props.draft;
  return (
    <Group title={words.advanced.missed}>
      <ChoiceField
        {...props}
        field="misfire_policy"
        choices={MISFIRE_POLICIES.map((one) => [one, words.misfires[one]])}
      />
      {fields.misfire_policy === 'fire_all' && (
        <TextField {...props} field="max_catch_up" type="number" />
      )}
      <ChoiceField {...props} field="dst_gap" choices={Object.entries(words.gaps)} />
      <ChoiceField {...props} field="dst_overlap" choices={Object.entries(words.overlapTimes)} />
      <TextField {...props} field="jitter_seconds" type="number" />
    </Group>
  );
}

function Retries(props: DraftProps) {
  return (
    <Group title={words.advanced.retries}>
      <TextField {...props} field="priority" type="number" />
      <TextField {...props} field="max_retries" type="number" />
      <ChoiceField
        {...props}
        field="backoff_strategy"
        choices={[
          ['', words.none],
          ...[...RETRY_STRATEGIES, ...BACKOFF_ALIASES].map(
            (one) => [one, one.replaceAll('_', ' ')] as const,
          ),
        ]}
      />
      <CodeField {...props} field="retry_policy" />
    </Group>
  );
}

interface GroupProps {
  readonly title: string;
  readonly children: React.ReactNode;
}

function Group({ title, children }: GroupProps) {
  return (
    <div className="advanced-group">
      <h3>{title}</h3>
      <div className="field-grid">{children}</div>
    </div>
  );
}

/** A time that is kept as an instant and shown on the wall of the zone. */
function TimeField({ draft, put, faults, field }: DraftProps & { field: 'start_at' | 'end_at' }) {
  const zone = isZone(draft.timezone) ? draft.timezone : 'UTC';
  return (
    <TextInput
      label={words.labels[field]}
      description={words.helps[field]}
      type="datetime-local"
      value={fieldOfOnce(draft.fields[field], zone) ?? ''}
      onChange={({ currentTarget: { value } }) =>
        put({ fields: { ...draft.fields, [field]: instantText(value, zone) } })
      }
      error={faultAt(faults, `/${field}`) ?? false}
    />
  );
}
