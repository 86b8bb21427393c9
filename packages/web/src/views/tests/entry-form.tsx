import type { TestEntry, ValidationError } from '@tenuto/contract';
import { ApiError } from '@tenuto/sdk';
import { useState } from 'react';
import { useRegisterEntry } from '../../data/tests.ts';
import { pathOf, readText, type TextProblem } from '../../logic/document.ts';
import { writtenEntry } from '../../logic/written-entry.ts';
import { CodeEditor } from '../../ui/code-editor.tsx';
import { EditorDialog } from '../../ui/editor-dialog.tsx';
import { useSeenVersion } from '../../ui/form-state.ts';
import { tell } from '../../ui/toasts.ts';
import { SUBMIT_WORDS } from '../../words-submit.ts';
import { FIRST_SUITE, TEST_WORDS } from '../../words-test.ts';

const words = TEST_WORDS.catalogue;

interface Props {
  /** The entry that is changed; none for a new one. */
  readonly before: TestEntry | undefined;
  readonly close: () => void;
}

/** Registers a suite or a case, as text; what is wrong with it stands at its line. */
export function EntryForm({ before, close }: Props) {
  const [text, setText] = useState(() =>
    before === undefined ? FIRST_SUITE : writtenEntry(before),
  );
  const register = useRegisterEntry();
  const version = useSeenVersion(before, register.error);
  const read = readText(text, words.noObject);
  const refused = register.error instanceof ApiError ? register.error.validationErrors : [];
  const submit = () => {
    if ('problems' in read) return;
    register.mutate(
      { entry: read.value, before: before && { id: before.id, version } },
      {
        onSuccess: ({ id }) => {
          close();
          tell(words.registered(id));
        },
      },
    );
  };
  return (
    <EditorDialog
      title={before === undefined ? words.register : words.editTitle(before.id)}
      verb={before === undefined ? words.registerVerb : words.save}
      // What stands at its line is not said a second time.
      change={{
        isPending: register.isPending,
        error: refused.length > 0 ? null : register.error,
      }}
      submit={submit}
      close={close}
      wide
    >
      {() => (
        <>
          <p className="dim">{words.registerText}</p>
          <CodeEditor
            label={words.text}
            value={text}
            change={(next) => {
              setText(next);
              register.reset();
            }}
            problems={'problems' in read ? read.problems : refused.map(placedBy(read.lineOf))}
            lineWord={SUBMIT_WORDS.line}
            rows={20}
          />
        </>
      )}
    </EditorDialog>
  );
}

function placedBy(lineOf: (path: readonly string[]) => number) {
  return ({ path, message }: ValidationError): TextProblem => ({
    line: lineOf(pathOf(path)),
    message: `${pathOf(path).join('.')} ${message}`.trim(),
  });
}
