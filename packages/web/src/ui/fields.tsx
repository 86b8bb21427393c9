import { PasswordInput, Select, Textarea, TextInput } from '@mantine/core';

interface Common {
  readonly label: string;
  readonly hint?: string | undefined;
  /** What the server found wrong with it. */
  readonly error?: string | undefined;
  readonly disabled?: boolean;
}

interface TextProps extends Common {
  readonly value: string;
  readonly put: (value: string) => void;
  /** How it is typed: a line, several lines, a line that nobody is to see, or a number. */
  readonly kind?: 'line' | 'lines' | 'secret' | 'number';
  readonly rows?: number;
  /** Typed in the letters of code. */
  readonly code?: boolean;
  readonly required?: boolean;
  /** Where typing begins. */
  readonly first?: boolean;
  readonly placeholder?: string | undefined;
  readonly maxLength?: number;
}

const FIRST_ROWS = 3;

/** A field of a form that holds text. */
export function TextField(props: TextProps) {
  const { label, hint, value, put, error, kind = 'line', rows = FIRST_ROWS } = props;
  const { code = false, required = false, first = false, disabled = false } = props;
  const shared = {
    ...{ label, description: hint, value, error, required, disabled, withAsterisk: false },
    placeholder: props.placeholder ?? '',
    ...(code && { classNames: { input: 'code-input' }, spellCheck: false }),
    ...(first && { 'data-autofocus': true }),
    ...(props.maxLength !== undefined && { maxLength: props.maxLength }),
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      put(event.currentTarget.value),
  };
  if (kind === 'lines') return <Textarea {...shared} rows={rows} />;
  if (kind === 'secret') return <PasswordInput {...shared} autoComplete="new-password" />;
  return <TextInput {...shared} {...(kind === 'number' && { inputMode: 'decimal' })} />;
}

interface ChoiceProps<T extends string> extends Common {
  readonly of: readonly T[];
  readonly words: Readonly<Record<T, string>>;
  readonly value: T;
  readonly pick: (value: T) => void;
}

/** A field of a form with one of several values. */
export function ChoiceField<T extends string>(props: ChoiceProps<T>) {
  const { label, hint, error, of, words, value, pick, disabled = false } = props;
  return (
    <Select
      label={label}
      description={hint}
      error={error}
      data={of.map((one) => ({ value: one, label: words[one] }))}
      value={value}
      onChange={(chosen) => pick(of.find((one) => one === chosen) ?? value)}
      disabled={disabled}
      allowDeselect={false}
    />
  );
}
