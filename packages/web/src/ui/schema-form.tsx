import { Button, Select, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { pretty } from '../logic/format.ts';
import { draftOf, isGroup, isList } from '../logic/schema-draft.ts';
import type { Draft, Field, Problem } from '../logic/schema-form.ts';
import { FORM_WORDS as words } from '../words-form.ts';
import { Icon } from './icons.tsx';
import './schema-form.css';

interface Props {
  readonly field: Field;
  readonly draft: Draft | undefined;
  readonly change: (draft: Draft) => void;
  /** What is wrong, by the JSON pointer of the value. */
  readonly problems?: ReadonlyMap<string, string>;
  /** Whether texts may have several lines. */
  readonly roomy?: boolean;
}

interface PartProps<F extends Field = Field> extends Required<Props> {
  readonly field: F;
  readonly pointer: string;
  /** Stands in place of the label that the schema has. */
  readonly label?: string;
}

const NONE: ReadonlyMap<string, string> = new Map();

/** The fields that a JSON Schema asks for. */
export function SchemaForm({ field, draft, change, problems = NONE, roomy = false }: Props) {
  if (field.kind === 'group' && field.fields.length === 0) {
    return <p className="dim">{words.none}</p>;
  }
  const part = { field, change, problems, roomy, draft: draft ?? '', pointer: '' };
  return (
    <div className="schema-form">
      {field.kind === 'group' ? (
        <Fields {...part} field={field} />
      ) : (
        <Part {...part} label={field.label || words.values} />
      )}
      {problems.get('') !== undefined && <p className="tone-red">{problems.get('')}</p>}
    </div>
  );
}

/** What is wrong with each value as words, by its pointer. */
export function problemTexts(problems: readonly Problem[]): ReadonlyMap<string, string> {
  return new Map(
    problems.map(({ pointer, kind, detail }) => [pointer, words.problems[kind](detail ?? '')]),
  );
}

function Fields({ field, draft, change, ...rest }: PartProps<Extract<Field, { kind: 'group' }>>) {
  const drafts = isGroup(draft) ? draft : {};
  return field.fields.map((one) => (
    <Part
      key={one.name}
      {...rest}
      field={one}
      draft={drafts[one.name] ?? ''}
      change={(next) => change({ ...drafts, [one.name]: next })}
      pointer={`${rest.pointer}/${one.name.replaceAll('~', '~0').replaceAll('/', '~1')}`}
    />
  ));
}

function Part({ field, ...rest }: PartProps) {
  switch (field.kind) {
    case 'group':
      return (
        <Framed field={field} {...rest}>
          <Fields field={field} {...rest} />
        </Framed>
      );
    case 'list':
      return <Items field={field} {...rest} />;
    case 'boolean':
    case 'choice':
      return <Choice field={field} {...rest} />;
    case 'json':
      return <JsonPart field={field} {...rest} />;
    default:
      return <Line field={field} {...rest} />;
  }
}

interface FramedProps extends PartProps {
  readonly children: ReactNode;
}

function Framed({ field, label = field.label, pointer, problems, children }: FramedProps) {
  return (
    <fieldset className="schema-group">
      <legend>{label}</legend>
      {field.description !== undefined && <p className="dim">{field.description}</p>}
      {problems.get(pointer) !== undefined && <p className="tone-red">{problems.get(pointer)}</p>}
      {children}
    </fieldset>
  );
}

function Items(props: PartProps<Extract<Field, { kind: 'list' }>>) {
  const { field, draft, change, problems, pointer, roomy } = props;
  const items = isList(draft) ? draft : [];
  return (
    <Framed {...props}>
      {!isList(draft) && field.initial !== undefined && (
        <p className="dim">{words.byDefault(pretty(field.initial))}</p>
      )}
      {items.map((item, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: items have no names; only the last is added.
        <div key={at} className="schema-item">
          <Part
            field={field.item}
            draft={item}
            change={(next) => change(items.with(at, next))}
            problems={problems}
            roomy={roomy}
            pointer={`${pointer}/${at}`}
            label={words.item(at + 1)}
          />
          <button
            type="button"
            className="bare-button"
            aria-label={words.remove(at + 1)}
            title={words.remove(at + 1)}
            onClick={() => change(items.filter((_one, other) => other !== at))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => change([...items, draftOf(field.item)])}
        data-repeats
      >
        {words.add}
      </Button>
    </Framed>
  );
}

/** What every field shows around its control. */
function about({ field, label, problems, pointer }: Omit<PartProps, 'draft' | 'change' | 'roomy'>) {
  const error = problems.get(pointer);
  return {
    label: label ?? field.label,
    ...(field.description !== undefined && { description: field.description }),
    ...(error !== undefined && { error }),
    // An item of a list is there because somebody has added it.
    withAsterisk: label === undefined && field.required && field.initial === undefined,
  };
}

function placeholderOf({ initial, required }: Field): string {
  if (initial !== undefined) return words.byDefault(pretty(initial));
  return required ? '' : words.leftOut;
}

function Choice(
  props: PartProps<Extract<Field, { kind: 'choice' }> | Extract<Field, { kind: 'boolean' }>>,
) {
  const { field, draft, change } = props;
  const data =
    field.kind === 'boolean'
      ? [
          { value: 'true', label: words.yes },
          { value: 'false', label: words.no },
        ]
      : field.options.map((option, at) => ({ value: String(at), label: pretty(option) || '""' }));
  return (
    <Select
      {...about(props)}
      data={data}
      value={typeof draft === 'string' && draft !== '' ? draft : null}
      onChange={(value) => change(value ?? '')}
      placeholder={placeholderOf(field)}
      clearable={!field.required}
      searchable={data.length > 12}
    />
  );
}

function Line(
  props: PartProps<Extract<Field, { kind: 'text' }> | Extract<Field, { kind: 'number' }>>,
) {
  const { field, draft, change, roomy } = props;
  const value = typeof draft === 'string' ? draft : '';
  if (roomy && field.kind === 'text' && field.hint === 'line') {
    return (
      <Textarea
        {...about(props)}
        size="xs"
        rows={value.includes('\n') ? 4 : 1}
        value={value}
        onChange={(event) => change(event.currentTarget.value)}
        placeholder={placeholderOf(field)}
      />
    );
  }
  const type = field.kind === 'text' && field.hint !== 'line' ? field.hint : 'text';
  return (
    <TextInput
      {...about(props)}
      type={type}
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
      placeholder={placeholderOf(field)}
      inputMode={field.kind === 'number' ? 'decimal' : 'text'}
    />
  );
}

function JsonPart(props: PartProps) {
  const { draft, change, field, label = field.label } = props;
  return (
    <Textarea
      {...about({ ...props, label: `${label}, ${words.json}` })}
      size="xs"
      value={typeof draft === 'string' ? draft : ''}
      onChange={(event) => change(event.currentTarget.value)}
      placeholder={placeholderOf(field)}
      rows={4}
      spellCheck={false}
      classNames={{ input: 'code-input' }}
    />
  );
}
