import { Textarea } from '@mantine/core';
import type { JsonObject } from '@tenuto/contract';
import { useMemo, useState } from 'react';
import { isObject } from '../../logic/json-place.ts';
import { givenDraftOf, readDraft, saidBelow, withUnasked } from '../../logic/schema-draft.ts';
import { type Draft, type Field, fieldOf } from '../../logic/schema-form.ts';
import type { Fault } from '../../logic/task-draft.ts';
import { faultAt } from '../../logic/task-faults.ts';
import { problemTexts, SchemaForm } from '../../ui/schema-form.tsx';

interface Props {
  /** JSON Schema of the parameters. */
  readonly schema: unknown;
  readonly label: string;
  /** Where they stand in the body of the task. */
  readonly place: string;
  /** JSON, as it is typed. */
  readonly text: string;
  /** @param wrong what is typed into the form and cannot be read */
  readonly put: (text: string, wrong: readonly Fault[]) => void;
  readonly faults: readonly Fault[];
}

/** Values as a form where their schema says which there are, and as JSON where it does not. */
export function ParamsForm(props: Props) {
  const { schema, label, place, text, put, faults } = props;
  const field = useMemo(() => fieldOf(schema), [schema]);
  const given = parsed(text);
  if (field.kind === 'group' && given !== undefined) {
    return <ParamFields {...props} field={field} given={given} />;
  }
  return (
    <Textarea
      size="xs"
      label={label}
      value={text}
      onChange={(event) => put(event.currentTarget.value, [])}
      rows={5}
      classNames={{ input: 'code-input' }}
      spellCheck={false}
      error={faultAt(faults, place) ?? false}
    />
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

interface FieldsProps extends Props {
  readonly field: Field;
  readonly given: JsonObject;
}

function ParamFields({ field, given, place, put, faults }: FieldsProps) {
  const [draft, setDraft] = useState(() => givenDraftOf(field, given));
  const change = (next: Draft) => {
    setDraft(next);
    const { value, problems } = readDraft(field, next);
    // What is merely left out is the server's to ask for: it checks while people type.
    const wrong = problemTexts(problems.filter(({ kind }) => kind !== 'required'));
    put(
      JSON.stringify(withUnasked(field, value, given), null, 2),
      [...wrong].map(([pointer, message]) => ({ path: place + pointer, message })),
    );
  };
  const said = saidBelow(field, place, faults);
  return <SchemaForm field={field} draft={draft} change={change} problems={said} />;
}
