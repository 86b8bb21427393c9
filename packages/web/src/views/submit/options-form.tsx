import { TextInput } from '@mantine/core';
import type { JobOptions } from '../../logic/job-options.ts';
import { SUBMIT_WORDS as words } from '../../words-submit.ts';

interface Props {
  readonly options: JobOptions;
  readonly put: (options: JobOptions) => void;
  readonly error: string | undefined;
}

/** What is said about a job beside its graph. */
export function OptionsForm({ options, put, error }: Props) {
  const bind = (name: keyof JobOptions) => ({
    value: options[name],
    onChange: (event: { readonly currentTarget: HTMLInputElement }) =>
      put({ ...options, [name]: event.currentTarget.value }),
  });
  return (
    <fieldset className="submit-options">
      <legend>{words.options}</legend>
      <p className="dim">{words.optionsHint}</p>
      <div className="submit-fields">
        <TextInput label={words.name} {...bind('name')} maxLength={255} />
        <TextInput
          label={words.priority}
          placeholder={words.priorityHint}
          inputMode="numeric"
          {...bind('priority')}
        />
        <TextInput label={words.tags} placeholder={words.tagsHint} {...bind('tags')} />
        <TextInput label={words.timeout} inputMode="decimal" {...bind('minutes')} />
        <TextInput label={words.budget} inputMode="decimal" {...bind('usd')} />
        <TextInput label={words.at} title={words.atHint} type="datetime-local" {...bind('at')} />
      </div>
      {error !== undefined && <p className="tone-red">{error}</p>}
    </fieldset>
  );
}
