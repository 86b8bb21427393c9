import { Button, Select, Textarea, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { MISFIRE_POLICIES, OVERLAP_POLICIES, SCHEDULE_KINDS } from '@tenuto/contract';
import { type FormEvent, useState } from 'react';
import { useCreateTask } from '../../data/tasks.ts';
import {
  bodyOf,
  CRON_PRESETS,
  FIRST_PAYLOAD,
  isPlanned,
  type TaskForm,
} from '../../logic/task-form.ts';
import { Failure } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { tell } from '../../ui/toasts.ts';
import { TASK_WORDS } from '../../words-task.ts';
import { LivePreview } from './live-preview.tsx';
import './tasks.css';

const words = TASK_WORDS.form;

const FIRST: TaskForm = {
  title: '',
  kind: 'cron',
  expr: '0 9 * * MON-FRI',
  timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  overlap: 'skip',
  misfire: 'fire_once',
  payload: FIRST_PAYLOAD,
};

/** Makes a task; what its schedule means stands beside it while it is written. */
export function NewTaskPage() {
  const [form, setForm] = useState(FIRST);
  const [bad, setBad] = useState<string>();
  const navigate = useNavigate();
  const create = useCreateTask();
  const put = (part: Partial<TaskForm>) => setForm({ ...form, ...part });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = bodyOf(form);
    setBad('bad' in read ? read.bad : undefined);
    if ('bad' in read) return;
    create.mutate(read.body, {
      onSuccess: ({ task_id: taskId }) => {
        tell(words.created);
        void navigate({ to: '/tasks/$taskId', params: { taskId } });
      },
    });
  };
  return (
    <Page title={words.title}>
      <div className="task-new">
        <form className="card card-body task-form" onSubmit={submit}>
          <TextInput
            label={words.name}
            value={form.title}
            onChange={(event) => put({ title: event.currentTarget.value })}
            maxLength={200}
            required
            withAsterisk={false}
          />
          <Schedule form={form} put={put} />
          <Policies form={form} put={put} />
          <Textarea
            label={words.payload}
            value={form.payload}
            onChange={(event) => put({ payload: event.currentTarget.value })}
            rows={9}
            classNames={{ input: 'code-input' }}
            spellCheck={false}
            error={bad !== undefined && words.payloadBad + bad}
          />
          {create.error !== null && <Failure error={create.error} />}
          <div>
            <Button type="submit" loading={create.isPending}>
              {words.submit}
            </Button>
          </div>
        </form>
        <LivePreview form={form} />
      </div>
    </Page>
  );
}

interface PartProps {
  readonly form: TaskForm;
  readonly put: (part: Partial<TaskForm>) => void;
}

function Schedule({ form, put }: PartProps) {
  return (
    <>
      <Select
        label={words.kind}
        data={SCHEDULE_KINDS.map((value) => ({ value, label: TASK_WORDS.kinds[value] }))}
        value={form.kind}
        onChange={(kind) =>
          put({ kind: SCHEDULE_KINDS.find((one) => one === kind) ?? 'cron', expr: '' })
        }
        allowDeselect={false}
      />
      <TextInput
        label={words.expr[form.kind]}
        description={words.hint[form.kind]}
        value={form.expr}
        onChange={(event) => put({ expr: event.currentTarget.value })}
        classNames={{ input: 'code-input' }}
        required
        withAsterisk={false}
      />
      {form.kind === 'cron' && (
        <fieldset className="row presets" aria-label={words.presets}>
          {CRON_PRESETS.map(([expr, label]) => (
            <button
              key={expr}
              type="button"
              className="chip"
              aria-pressed={form.expr === expr}
              onClick={() => put({ expr })}
            >
              {label}
            </button>
          ))}
        </fieldset>
      )}
      {isPlanned(form.kind) && (
        <Select
          label={words.timezone}
          data={['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]}
          value={form.timezone}
          onChange={(timezone) => put({ timezone: timezone ?? 'UTC' })}
          searchable
          limit={50}
        />
      )}
    </>
  );
}

function Policies({ form, put }: PartProps) {
  return (
    <div className="row">
      <Select
        label={words.overlap}
        data={OVERLAP_POLICIES.map((value) => ({ value, label: words.overlaps[value] }))}
        value={form.overlap}
        onChange={(value) =>
          put({ overlap: OVERLAP_POLICIES.find((one) => one === value) ?? 'allow' })
        }
        allowDeselect={false}
      />
      <Select
        label={words.misfire}
        data={MISFIRE_POLICIES.map((value) => ({ value, label: words.misfires[value] }))}
        value={form.misfire}
        onChange={(value) =>
          put({ misfire: MISFIRE_POLICIES.find((one) => one === value) ?? 'fire_once' })
        }
        allowDeselect={false}
      />
    </div>
  );
}
