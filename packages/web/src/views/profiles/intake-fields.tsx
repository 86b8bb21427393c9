import { Select, Switch, Textarea, TextInput } from '@mantine/core';
import { ApiError } from '@tenuto/sdk';
import type { IntakeField, IntakeTexts } from '../../logic/intake-form.ts';
import { PROFILE_WORDS } from '../../words-profile.ts';

const words = PROFILE_WORDS.startRun;

interface Props {
  readonly fields: readonly IntakeField[];
  readonly texts: IntakeTexts;
  /** What is wrong with a field, by its name. */
  readonly faults: Readonly<Record<string, string>>;
  readonly error: Error | null;
  readonly change: (texts: IntakeTexts) => void;
}

/** The intake of a run, by the schema of its profile. */
export function IntakeFields({ fields, texts, faults, error, change }: Props) {
  return fields.map((field) => (
    <OneField
      key={field.name}
      field={field}
      text={texts[field.name] ?? ''}
      fault={faults[field.name] ?? toldOf(error, field.name)}
      change={(text) => change({ ...texts, [field.name]: text })}
    />
  ));
}

/** What the server has said about a field. */
function toldOf(error: Error | null, name: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const place = `/intake/${name}`;
  return error.validationErrors.find(({ path }) => path === place || path.startsWith(`${place}/`))
    ?.message;
}

interface OneProps {
  readonly field: IntakeField;
  readonly text: string;
  readonly fault: string | undefined;
  readonly change: (text: string) => void;
}

function OneField({ field, text, fault, change }: OneProps) {
  const { kind, title, about, isRequired, choices, preset } = field;
  const hints = [about, kind === 'lines' ? words.linesHint : ''].filter((hint) => hint !== '');
  const common = {
    ...{ size: 'xs', label: title, required: isRequired, withAsterisk: isRequired },
    ...{ description: hints.length > 0 ? hints.join(' · ') : undefined, error: fault },
    placeholder: preset === '' ? undefined : words.preset(preset.replaceAll('\n', ', ')),
  };
  if (kind === 'flag') {
    return (
      <Switch
        size="xs"
        label={title}
        description={about}
        error={fault}
        checked={(text === '' ? preset : text) === 'true'}
        onChange={(event) => change(String(event.currentTarget.checked))}
      />
    );
  }
  if (kind === 'choice') {
    return (
      <Select
        {...common}
        data={[...choices]}
        value={text === '' ? null : text}
        clearable
        onChange={(next) => change(next ?? '')}
      />
    );
  }
  if (kind === 'number') {
    return (
      <TextInput
        {...common}
        inputMode="decimal"
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
      />
    );
  }
  return (
    <Textarea
      {...common}
      rows={kind === 'text' ? 1 : 3}
      autosize={false}
      value={text}
      classNames={{ input: kind === 'json' ? 'code-input' : 'prose-input' }}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
