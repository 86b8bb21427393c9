import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import {
  fieldOfTime,
  type NumbersName,
  type RuleTime,
  readNumbers,
  timeOfField,
} from '../../logic/rule-form.ts';
import { Icon } from '../../ui/icons.tsx';
import { TASK_FORM_WORDS } from '../../words-task-form.ts';
import type { RuleProps } from './rule-props.ts';

const words = TASK_FORM_WORDS.rule;

interface NumbersProps extends RuleProps {
  readonly name: Exclude<NumbersName, 'months'>;
  readonly hint?: string;
  /** Whether its label stands at the side, as those of the other parts do. */
  readonly aside?: boolean;
}

/** Numbers between commas; the rule changes with each text that can be read. */
export function RuleNumbers({ form, change, name, hint, aside = false }: NumbersProps) {
  const written = form[name].join(', ');
  const [text, setText] = useState(written);
  const read = readNumbers(text, name);
  // What was typed stands as it was typed, for as long as it says what the rule says.
  const shown = read === undefined || read.join(', ') === written ? text : written;
  const input = (
    <TextInput
      {...(aside ? { 'aria-label': words[name] } : { label: words[name] })}
      {...(hint !== undefined && { description: hint })}
      value={shown}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        const values = readNumbers(next, name);
        if (values !== undefined) change({ [name]: values });
      }}
      error={read === undefined && words.badNumbers}
    />
  );
  if (!aside) return input;
  return (
    <div className="builder-field">
      <span className="builder-label">{words[name]}</span>
      {input}
    </div>
  );
}

/** Where a rule begins, and single times that are added to it or left out. */
export function RuleTimes({ form, change }: RuleProps) {
  const zone = form.start?.zone;
  const made = (field: string): RuleTime => ({
    at: timeOfField(field),
    ...(zone !== undefined && { zone }),
  });
  return (
    <>
      <div className="builder-field">
        <span className="builder-label">{words.start}</span>
        <TextInput
          aria-label={words.start}
          description={words.startHint}
          type="datetime-local"
          value={form.start === null ? '' : fieldOfTime(form.start.at)}
          onChange={(event) => {
            const { value } = event.currentTarget;
            change({ start: value === '' ? null : made(value) });
          }}
          className="medium-wide"
        />
      </div>
      <Times label={words.left} times={form.left} make={made} put={(left) => change({ left })} />
      <Times
        label={words.added}
        times={form.added}
        make={made}
        put={(added) => change({ added })}
      />
    </>
  );
}

interface TimesProps {
  readonly label: string;
  readonly times: readonly RuleTime[];
  readonly make: (field: string) => RuleTime;
  readonly put: (times: readonly RuleTime[]) => void;
}

function Times({ label, times, make, put }: TimesProps) {
  const [field, setField] = useState('');
  const textOf = ({ at, zone }: RuleTime) =>
    `${fieldOfTime(at).replace('T', ' ')}${at.endsWith('Z') ? ' UTC' : ''}${zone === undefined ? '' : ` ${zone}`}`;
  return (
    <div className="builder-field">
      <span className="builder-label">{label}</span>
      <div className="grow row">
        <TextInput
          aria-label={`${label}: ${words.addTime}`}
          type="datetime-local"
          value={field}
          onChange={(event) => setField(event.currentTarget.value)}
        />
        <Button
          data-repeats
          variant="default"
          disabled={field === ''}
          onClick={() => {
            put([...times, make(field)]);
            setField('');
          }}
        >
          {words.add}
        </Button>
        {times.map((time) => (
          <button
            key={`${time.at}${time.zone ?? ''}`}
            type="button"
            className="chip chip-small"
            aria-label={words.remove(textOf(time))}
            onClick={() => put(times.filter((other) => other !== time))}
          >
            {textOf(time)}
            <Icon name="close" />
          </button>
        ))}
      </div>
    </div>
  );
}
