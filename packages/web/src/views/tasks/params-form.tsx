import { Select, Textarea, TextInput } from '@mantine/core';
import type { Json, JsonObject } from '@tenuto/contract';
import { useState } from 'react';
import { pretty } from '../../logic/format.ts';
import { isObject } from '../../logic/json-text.ts';
import { type ParamField, paramFields, withParam } from '../../logic/params-schema.ts';
import { TASK_FORM_WORDS } from '../../words-task-form.ts';

const words = TASK_FORM_WORDS.starts;

interface Props {
  /** JSON Schema of the parameters. */
  readonly schema: unknown;
  /** JSON, as it is typed. */
  readonly text: string;
  readonly put: (text: string) => void;
  readonly error: string | undefined;
}

/** Parameters as a form where their schema says which there are, and as JSON where it does not. */
export function ParamsForm({ schema, text, put, error }: Props) {
  const fields = paramFields(schema);
  const params = parsed(text);
  if (fields === undefined || params === undefined) {
    return (
      <Textarea
        size="xs"
        label={words.params}
        value={text}
        onChange={(event) => put(event.currentTarget.value)}
        rows={4}
        classNames={{ input: 'code-input' }}
        spellCheck={false}
        error={error ?? false}
      />
    );
  }
  const set = (name: string) => (value: Json | undefined) =>
    put(JSON.stringify(withParam(params, name, value), null, 2));
  return (
    <div className="stack-tight">
      <div className="field-grid">
        {fields.map((field) => (
          <Param key={field.name} field={field} value={params[field.name]} set={set(field.name)} />
        ))}
      </div>
      {error !== undefined && <p className="tone-red">{error}</p>}
    </div>
  );
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

interface ParamProps {
  readonly field: ParamField;
  readonly value: Json | undefined;
  readonly set: (value: Json | undefined) => void;
}

function Param({ field, value, set }: ParamProps) {
  const { title, description, required, otherwise } = field;
  const shown = {
    label: title,
    ...(description !== '' && { description }),
    ...{ required, withAsterisk: false },
    ...(otherwise !== undefined && { placeholder: words.default(pretty(otherwise)) }),
  };
  if (field.kind === 'choice' || field.kind === 'switch') {
    const choices = field.kind === 'switch' ? [true, false] : field.choices;
    return (
      <Select
        {...shown}
        data={choices.map((one) => ({ value: JSON.stringify(one), label: pretty(one) }))}
        value={value === undefined ? null : JSON.stringify(value)}
        onChange={(text) => set(choices.find((one) => JSON.stringify(one) === text))}
        clearable={!required}
      />
    );
  }
  if (field.kind === 'json') return <JsonParam shown={shown} value={value} set={set} />;
  const isNumber = field.kind === 'number';
  return (
    <TextInput
      {...shown}
      {...(isNumber && { type: 'number', step: 'any' })}
      value={pretty(value)}
      onChange={(event) => {
        const text = event.currentTarget.value;
        // A text may hold `${...}` where the number is told when it runs.
        if (text === '') set(undefined);
        else set(isNumber ? Number(text) : text);
      }}
    />
  );
}

interface JsonParamProps extends Omit<ParamProps, 'field'> {
  readonly shown: { readonly label: string };
}

/** Anything else, as JSON; what is no JSON yet is kept and counts as nothing. */
function JsonParam({ shown, value, set }: JsonParamProps) {
  const [text, setText] = useState(value === undefined ? '' : JSON.stringify(value));
  return (
    <TextInput
      {...shown}
      value={text}
      classNames={{ input: 'code-input' }}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        try {
          set(next.trim() === '' ? undefined : JSON.parse(next));
        } catch {
          set(undefined);
        }
      }}
    />
  );
}
