import { Select, Textarea, TextInput } from '@mantine/core';
import type { Json } from '@tenuto/contract';
import { type ReactNode, useState } from 'react';
import { placeOf, valueAt } from '../../logic/json-place.ts';
import {
  type FieldGroup,
  type FieldSpec,
  readField,
  shownValue,
} from '../../logic/profile-fields.ts';
import { problemsIn } from '../../logic/profile-model-checks.ts';
import { PROFILE_WORDS as words } from '../../words-profile.ts';
import { choiceWord, fieldWords } from '../../words-profile-fields.ts';
import { useDesk } from './desk.ts';

/** Fields that go away with their last member, as nothing is said by an empty one. */
const PRUNED = /\/(budget|policy)$/;

interface Props {
  readonly place: string;
  readonly field: FieldSpec;
}

/** One field of the part at a place, with what is wrong with it. */
export function Field({ place, field }: Props) {
  const { editor, problems, isReadOnly } = useDesk();
  const at = `${place}/${field.path}`;
  const value = valueAt(editor.doc, at);
  const [label, hint] = fieldWords(field.path);
  const bad = problemsIn(problems, at).map(({ message }) => message);
  const change = (next: Json | undefined) => {
    const parent = at.slice(0, at.lastIndexOf('/'));
    const siblings = valueAt(editor.doc, parent);
    const isLast =
      next === undefined && PRUNED.test(parent) && Object.keys(siblings ?? {}).length === 1;
    editor.edit({ do: 'put', place: isLast ? parent : at, value: next }, at);
  };
  const common = {
    ...{ label, description: hint, size: 'xs', readOnly: isReadOnly },
    error: bad.length > 0 && bad.join(' · '),
    'data-place': at,
  };
  if (field.kind === 'choice' || field.kind === 'flag') {
    const known = field.kind === 'flag' ? ['true', 'false'] : (field.choices ?? []);
    const shown = value === undefined ? null : String(value);
    const all = shown === null || known.includes(shown) ? known : [...known, shown];
    return (
      <Select
        {...common}
        data={all.map((one) => ({ value: one, label: choiceWord(one) }))}
        value={shown}
        placeholder={words.unset}
        clearable={!isReadOnly}
        onChange={(next) => change(readField(next ?? '', field.kind))}
      />
    );
  }
  return (
    <Written {...{ field, value, change, common }} settle={() => editor.step({ do: 'settle' })} />
  );
}

interface WrittenProps {
  readonly field: FieldSpec;
  readonly value: Json | undefined;
  readonly change: (next: Json | undefined) => void;
  readonly common: object;
  readonly settle: () => void;
}

/** A field of text; what is being typed stays as it is typed. */
function Written({ field, value, change, common, settle }: WrittenProps) {
  const [draft, setDraft] = useState<string>();
  const shown = draft ?? shownValue(value, field.kind);
  const events = {
    value: shown,
    onChange: (event: { readonly currentTarget: { readonly value: string } }) => {
      setDraft(event.currentTarget.value);
      change(readField(event.currentTarget.value, field.kind));
    },
    onBlur: () => {
      setDraft(undefined);
      settle();
    },
  };
  if (field.kind === 'text' || field.kind === 'number') {
    return (
      <TextInput
        {...common}
        {...events}
        {...(field.kind === 'number' && { inputMode: 'decimal' as const })}
      />
    );
  }
  const isProse = field.kind === 'area';
  return (
    <Textarea
      {...common}
      {...events}
      rows={Math.min(MOST_ROWS, Math.max(field.path === 'prompt' ? 6 : 2, rowsOf(shown)))}
      spellCheck={isProse}
      classNames={{ input: isProse ? 'prose-input' : 'code-input' }}
    />
  );
}

const MOST_ROWS = 16;
const CHARS_A_ROW = 46;

function rowsOf(text: string): number {
  const rows = text.split('\n').map((line) => Math.max(1, Math.ceil(line.length / CHARS_A_ROW)));
  return rows.reduce((sum, one) => sum + one, 0);
}

interface GroupsProps {
  readonly place: string;
  readonly groups: readonly FieldGroup[];
}

/** Groups that stand open when something is said in them, or wrong. */
export function Groups({ place, groups }: GroupsProps) {
  return groups.map((group) => (
    <Group key={`${group.name} ${place}`} place={place} group={group} />
  ));
}

function Group({ place, group }: { readonly place: string; readonly group: FieldGroup }) {
  const { editor, problems } = useDesk();
  const [isUsed] = useState(() =>
    group.fields.some(({ path }) => valueAt(editor.doc, `${place}/${path}`) !== undefined),
  );
  const isBad = group.fields.some(
    ({ path }) => problemsIn(problems, `${place}/${path}`).length > 0,
  );
  return (
    <Fold title={words.groups[group.name]} isOpen={isUsed || isBad}>
      <Fields place={place} fields={group.fields} />
    </Fold>
  );
}

interface FoldProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly children: ReactNode;
}

export function Fold({ title, isOpen, children }: FoldProps) {
  const [byHand, setByHand] = useState<boolean>();
  const shown = byHand ?? isOpen;
  return (
    <details
      className="fold"
      open={shown}
      onToggle={(event) => {
        if (event.currentTarget.open !== shown) setByHand(event.currentTarget.open);
      }}
    >
      <summary>{title}</summary>
      <div className="field-stack">{children}</div>
    </details>
  );
}

export function Fields({
  place,
  fields,
}: {
  readonly place: string;
  readonly fields: readonly FieldSpec[];
}) {
  return fields.map((field) => (
    <Field key={placeOf(place, field.path)} place={place} field={field} />
  ));
}
