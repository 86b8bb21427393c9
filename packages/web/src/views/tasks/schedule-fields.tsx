import { SegmentedControl, Select, Textarea, TextInput } from '@mantine/core';
import { SCHEDULE_KINDS } from '@tenuto/contract';
import { isPlanned } from '../../logic/task-draft.ts';
import { faultAt } from '../../logic/task-faults.ts';
import { TASK_WORDS } from '../../words-task.ts';
import { TASK_FORM_WORDS as words } from '../../words-task-form.ts';
import { ConditionBuilder } from './condition-builder.tsx';
import { CronBuilder } from './cron-builder.tsx';
import { EventBuilder } from './event-builder.tsx';
import { OnceBuilder } from './once-builder.tsx';
import { RuleBuilder } from './rule-builder.tsx';
import type { DraftProps } from './task-field.tsx';

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

/** When a task fires: a builder, and the text that it builds, both in step. */
export function ScheduleFields(props: DraftProps) {
  const { draft, put } = props;
  const { kind } = draft;
  return (
    <section className="form-part">
      <h2>{words.when}</h2>
      <SegmentedControl
        aria-label={words.kind}
        size="xs"
        fullWidth
        data={SCHEDULE_KINDS.map((value) => ({ value, label: TASK_WORDS.kinds[value] }))}
        value={kind}
        onChange={(value) => put({ kind: SCHEDULE_KINDS.find((one) => one === value) ?? kind })}
      />
      <p className="dim">{words.kindText[kind]}</p>
      {kind !== 'event' && (
        <div className={isPlanned(kind) ? 'text-row' : undefined}>
          <Raw {...props} />
          {isPlanned(kind) && <Zone {...props} />}
        </div>
      )}
      <Builder {...props} />
      {kind === 'condition' && <ConditionBuilder {...props} />}
    </section>
  );
}

function Zone({ draft, put, faults }: DraftProps) {
  return (
    <Select
      label={words.timezone}
      description={words.timezoneHint}
      data={ZONES.includes(draft.timezone) ? ZONES : [draft.timezone, ...ZONES]}
      value={draft.timezone}
      onChange={(timezone) => put({ timezone: timezone ?? 'UTC' })}
      searchable
      limit={50}
      allowDeselect={false}
      error={faultAt(faults, '/timezone') ?? false}
    />
  );
}

function Builder(props: DraftProps) {
  const { draft, put } = props;
  const { kind, exprs } = draft;
  const build = (expr: string) => put({ exprs: { ...exprs, [kind]: expr } });
  if (kind === 'cron') return <CronBuilder expr={exprs.cron} put={build} />;
  if (kind === 'rrule') return <RuleBuilder expr={exprs.rrule} put={build} />;
  if (kind === 'once') {
    return <OnceBuilder expr={exprs.once} timezone={draft.timezone} put={build} />;
  }
  return kind === 'event' ? <EventBuilder {...props} /> : null;
}

/** The text itself; what the builder changes stands here, and the other way round. */
function Raw({ draft, put, faults }: DraftProps) {
  const { kind, exprs } = draft;
  const shown = {
    label: words.expr[kind],
    description: words.hint[kind],
    value: exprs[kind],
    classNames: { input: 'code-input' },
    error: faultAt(faults, '/schedule_expr') ?? false,
    spellCheck: false,
    required: true,
    withAsterisk: false,
  };
  const type = (expr: string) => put({ exprs: { ...exprs, [kind]: expr } });
  if (kind === 'rrule' || kind === 'condition') {
    const rows = Math.max(2, exprs[kind].split('\n').length);
    return (
      <Textarea size="xs" {...shown} rows={rows} onChange={(e) => type(e.currentTarget.value)} />
    );
  }
  return <TextInput {...shown} onChange={(event) => type(event.currentTarget.value)} />;
}
