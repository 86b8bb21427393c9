import { Select, TextInput } from '@mantine/core';
import { now } from '../../data/clock.ts';
import {
  DAYS,
  FREQUENCIES,
  fieldOfTime,
  RULE_PRESETS,
  type RuleForm,
  readRule,
  timeOfField,
  writeRule,
} from '../../logic/rule-form.ts';
import { TASK_FORM_WORDS } from '../../words-task-form.ts';
import { KeptAsText, Presets } from './builder-text.tsx';
import { NumberToggles, numbers } from './number-toggles.tsx';
import { RuleDays } from './rule-days.tsx';
import { RuleNumbers, RuleTimes } from './rule-lists.tsx';
import type { RuleProps } from './rule-props.ts';

const words = TASK_FORM_WORDS.rule;
const { monthNames } = TASK_FORM_WORDS.cron;

interface Props {
  readonly expr: string;
  readonly put: (expr: string) => void;
}

/** Builds a recurrence rule; what it cannot show is left as it is written. */
export function RuleBuilder({ expr, put }: Props) {
  const form = readRule(expr);
  return (
    <div className="builder">
      <Presets presets={RULE_PRESETS} expr={expr.trim()} put={put} />
      {form === undefined ? (
        expr.trim() !== '' && <KeptAsText startOver={() => put(RULE_PRESETS[0][0])} />
      ) : (
        <Fields form={form} change={(part) => put(writeRule({ ...form, ...part }))} />
      )}
    </div>
  );
}

function Fields({ form, change }: RuleProps) {
  const isLong = form.frequency === 'MONTHLY' || form.frequency === 'YEARLY';
  return (
    <>
      <Pace form={form} change={change} />
      <div className="builder-field">
        <span className="builder-label">{words.weekdays}</span>
        <div className="grow">
          {isLong ? (
            <RuleDays form={form} change={change} />
          ) : (
            <NumberToggles
              label={words.weekdays}
              values={DAYS.map((day, i) => [i, words.dayNames[day]] as const)}
              chosen={form.days.map(({ day }) => DAYS.indexOf(day))}
              toggle={(place) => change({ days: toggledDay(form, place) })}
              wide
            />
          )}
        </div>
      </div>
      {isLong && (
        <RuleNumbers
          form={form}
          change={change}
          name="monthDays"
          hint={words.monthDaysHint}
          aside
        />
      )}
      <div className="builder-field">
        <span className="builder-label">{words.months}</span>
        <NumberToggles
          label={words.months}
          values={numbers(1, 12, (month) => monthNames[month - 1] ?? '')}
          chosen={form.months}
          toggle={(month) => change({ months: toggledNumber(form.months, month) })}
          wide
        />
      </div>
      <div className="builder-field">
        <span className="builder-label">{words.at}</span>
        <div className="row builder-row">
          <RuleNumbers form={form} change={change} name="hours" />
          <RuleNumbers form={form} change={change} name="minutes" />
          <RuleNumbers form={form} change={change} name="seconds" />
        </div>
      </div>
      {isLong && (
        <RuleNumbers
          form={form}
          change={change}
          name="positions"
          hint={words.positionsHint}
          aside
        />
      )}
      <Ends form={form} change={change} />
      <RuleTimes form={form} change={change} />
    </>
  );
}

function toggledNumber(values: readonly number[], value: number): readonly number[] {
  return values.includes(value)
    ? values.filter((one) => one !== value)
    : [...values, value].toSorted((a, b) => a - b);
}

function toggledDay({ days }: RuleForm, place: number): RuleForm['days'] {
  const day = DAYS[place];
  if (day === undefined) return days;
  const others = days.filter((one) => one.day !== day);
  if (others.length < days.length) return others;
  return [...days, { day }].toSorted((a, b) => DAYS.indexOf(a.day) - DAYS.indexOf(b.day));
}

function Pace({ form, change }: RuleProps) {
  return (
    <div className="builder-field">
      <span className="builder-label">{words.every}</span>
      <div className="row">
        <TextInput
          aria-label={words.interval}
          type="number"
          min={1}
          className="short-input"
          value={String(form.interval)}
          onChange={(event) => {
            const interval = Number(event.currentTarget.value);
            if (Number.isInteger(interval) && interval >= 1) change({ interval });
          }}
        />
        <Select
          aria-label={words.unit}
          data={FREQUENCIES.map((value) => ({ value, label: words.units[value] }))}
          value={form.frequency}
          onChange={(value) => {
            const frequency = FREQUENCIES.find((one) => one === value);
            if (frequency !== undefined) change({ frequency });
          }}
          allowDeselect={false}
        />
      </div>
    </div>
  );
}

const ENDS = ['never', 'count', 'until'] as const;
const MONTH_MS = 30 * 86_400_000;

/** How a rule begins to end, when somebody has chosen that it does. */
function firstEnd(kind: (typeof ENDS)[number]): RuleForm['ends'] {
  if (kind === 'never') return { kind };
  if (kind === 'count') return { kind, count: 10 };
  const day = new Date(now() + MONTH_MS).toISOString().slice(0, 10);
  return { kind, until: `${timeOfField(`${day}T00:00`)}Z` };
}

function Ends({ form: { ends }, change }: RuleProps) {
  return (
    <div className="builder-field">
      <span className="builder-label">{words.ends}</span>
      <div className="row">
        <Select
          aria-label={words.ends}
          data={ENDS.map((value) => ({ value, label: words.endNames[value] }))}
          value={ends.kind}
          onChange={(value) =>
            change({ ends: firstEnd(ENDS.find((one) => one === value) ?? 'never') })
          }
          allowDeselect={false}
        />
        {ends.kind === 'count' && (
          <TextInput
            aria-label={words.count}
            type="number"
            min={1}
            className="short-input"
            value={String(ends.count)}
            onChange={(event) => {
              const count = Number(event.currentTarget.value);
              if (Number.isInteger(count) && count >= 1) change({ ends: { ...ends, count } });
            }}
          />
        )}
        {ends.kind === 'until' && (
          <TextInput
            aria-label={words.until}
            type="datetime-local"
            value={fieldOfTime(ends.until)}
            onChange={(event) => {
              const { value } = event.currentTarget;
              if (value !== '') change({ ends: { ...ends, until: `${timeOfField(value)}Z` } });
            }}
          />
        )}
      </div>
    </div>
  );
}
