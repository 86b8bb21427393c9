import { Button } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { JsonObject } from '@tenuto/contract';
import { useState } from 'react';
import { useDryRun } from '../../data/submit.ts';
import type { TextProblem } from '../../logic/document.ts';
import { readJobText } from '../../logic/job-document.ts';
import { fieldsOfOptions, NO_OPTIONS, withOptions } from '../../logic/job-options.ts';
import type { SubmitSearch } from '../../logic/template-search.ts';
import { CodeEditor } from '../../ui/code-editor.tsx';
import { Failure } from '../../ui/notice.tsx';
import { UnsavedGuard } from '../../ui/unsaved.tsx';
import { SUBMIT_WORDS as words } from '../../words-submit.ts';
import { DryRunCard, dagOf, isRefusal } from './dry-run.tsx';
import { EXAMPLE_NAMES, EXAMPLES, type ExampleName, exampleNamed } from './examples.ts';
import { OptionsForm } from './options-form.tsx';

const TYPING_MS = 300;

export interface SourceProps {
  readonly search: SubmitSearch;
  readonly send: (body: JsonObject) => void;
  readonly isSending: boolean;
  /** Why it was not submitted. */
  readonly error: Error | null;
  /** What was refused is no longer what stands here. */
  readonly edited: () => void;
}

/** A job that is written here, or pasted. */
export function WriteJob({ search, send, isSending, error, edited }: SourceProps) {
  const [text, setText] = useState<string>(EXAMPLES[exampleNamed(search.example) ?? 'hello']);
  const [options, setOptions] = useState(NO_OPTIONS);
  const write = (next: string) => {
    edited();
    setText(next);
  };
  const [settled] = useDebouncedValue({ text, options }, TYPING_MS);
  const read = readJobText(settled.text, words);
  const fields = fieldsOfOptions(settled.options);
  const written = 'body' in read ? read : undefined;
  const body = written && fields && withOptions(written.body, fields);
  const dry = useDryRun(body);
  const refusal = isRefusal(dry.error) ? dry.error : isRefusal(error) ? error : undefined;
  const problems: readonly TextProblem[] =
    'problems' in read ? read.problems : (written?.placed(refusal?.validationErrors ?? []) ?? []);
  return (
    <div className="submit">
      <form
        className="card card-body submit-form"
        onSubmit={(event) => {
          event.preventDefault();
          const now = readJobText(text, words);
          const given = fieldsOfOptions(options);
          if ('body' in now && given !== undefined) send(withOptions(now.body, given));
        }}
      >
        <Examples text={text} pick={write} />
        <CodeEditor
          label={words.text}
          value={text}
          change={write}
          problems={problems}
          lineWord={words.line}
        />
        <OptionsForm
          options={options}
          put={(next) => {
            edited();
            setOptions(next);
          }}
          error={fields === undefined ? words.badOption : undefined}
        />
        {error !== null && !isRefusal(error) && <Failure error={error} />}
        <div>
          <Button type="submit" loading={isSending} disabled={body === undefined}>
            {words.submit}
          </Button>
        </div>
      </form>
      <UnsavedGuard isDirty={!EXAMPLE_NAMES.some((name) => EXAMPLES[name] === text)} />
      <DryRunCard
        title={words.dryRun}
        dag={dagOf(written?.body)}
        answer={dry.data}
        error={dry.error}
        isUnread={'problems' in read || fields === undefined}
      />
    </div>
  );
}

interface ExamplesProps {
  readonly text: string;
  readonly pick: (text: string) => void;
}

function Examples({ text, pick }: ExamplesProps) {
  const chosen = (name: ExampleName) => EXAMPLES[name] === text;
  return (
    <fieldset className="row submit-examples" aria-label={words.examples}>
      <span className="dim">{words.examples}</span>
      {EXAMPLE_NAMES.map((name) => (
        <button
          key={name}
          type="button"
          className="chip"
          aria-pressed={chosen(name)}
          onClick={() => pick(EXAMPLES[name])}
        >
          {words.exampleNames[name]}
        </button>
      ))}
    </fieldset>
  );
}
