import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import { DAYS, type RuleDay } from '../../logic/rule-form.ts';
import { Icon } from '../../ui/icons.tsx';
import { TASK_FORM_WORDS } from '../../words-task-form.ts';
import type { RuleProps } from './rule-props.ts';

const words = TASK_FORM_WORDS.rule;
const NTHS = ['', '1', '2', '3', '4', '5', '-1', '-2'] as const;

function wordOf({ day, nth }: RuleDay): string {
  const key = NTHS.find((one) => one === String(nth ?? ''));
  const which = key === undefined ? `${nth}.` : words.nths[key];
  return words.nthDay(which, words.dayNames[day]);
}

/** Weekdays of a month or a year: each of them, or the n-th. */
export function RuleDays({ form, change }: RuleProps) {
  const [nth, setNth] = useState<(typeof NTHS)[number]>('1');
  const [name, setName] = useState<(typeof DAYS)[number]>('MO');
  const add = () => {
    const day: RuleDay = { day: name, ...(nth !== '' && { nth: Number(nth) }) };
    if (form.days.some((one) => one.day === day.day && one.nth === day.nth)) return;
    change({ days: [...form.days, day] });
  };
  return (
    <div className="stack-tight">
      <div className="row">
        <Select
          aria-label={words.nth}
          data={NTHS.map((value) => ({ value, label: words.nths[value] }))}
          value={nth}
          onChange={(value) => setNth(NTHS.find((one) => one === value) ?? '')}
          allowDeselect={false}
          className="medium-input"
        />
        <Select
          aria-label={words.weekdays}
          data={DAYS.map((value) => ({ value, label: words.dayNames[value] }))}
          value={name}
          onChange={(value) => setName(DAYS.find((one) => one === value) ?? 'MO')}
          allowDeselect={false}
          className="medium-input"
        />
        <Button variant="default" onClick={add} data-repeats>
          {words.add}
        </Button>
      </div>
      {form.days.length > 0 && (
        <div className="row presets">
          {form.days.map((one) => (
            <button
              key={`${one.nth ?? ''}${one.day}`}
              type="button"
              className="chip chip-small"
              aria-label={words.remove(wordOf(one))}
              onClick={() => change({ days: form.days.filter((other) => other !== one) })}
            >
              {wordOf(one)}
              <Icon name="close" />
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
