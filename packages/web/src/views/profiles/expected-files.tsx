import { Button, Select, Switch, TextInput } from '@mantine/core';
import { ARTIFACT_TYPES, type Json } from '@tenuto/contract';
import { isObject, placeOf, valueAt } from '../../logic/json-place.ts';
import { listAt, type PhaseView, textAt } from '../../logic/profile-model.ts';
import { problemsIn } from '../../logic/profile-model-checks.ts';
import { Icon } from '../../ui/icons.tsx';
import { PROFILE_WORDS } from '../../words-profile.ts';
import { useDesk } from './desk.ts';
import { Fold } from './fields.tsx';

const words = PROFILE_WORDS.editor;

/** The files that a phase is to leave. */
export function ExpectedFiles({ phase }: { readonly phase: PhaseView }) {
  const { editor, isReadOnly } = useDesk();
  const place = placeOf(phase.place, 'artifacts');
  const files = listAt(valueAt(editor.doc, phase.place), 'artifacts');
  const put = (next: readonly Json[]) =>
    editor.edit({ do: 'put', place, value: next.length > 0 ? [...next] : undefined });
  return (
    <Fold title={words.files} isOpen={files.length > 0}>
      <p className="dim">{words.filesHint(phase.id)}</p>
      {files.map((file, i) => (
        <ExpectedFile
          // biome-ignore lint/suspicious/noArrayIndexKey: a file is known by its place in the list.
          key={i}
          place={placeOf(place, i)}
          file={file}
          remove={() => put(files.toSpliced(i, 1))}
        />
      ))}
      {!isReadOnly && (
        <div>
          <Button
            data-repeats
            size="compact-xs"
            variant="default"
            onClick={() => put([...files, { path: '' }])}
          >
            {words.addFile}
          </Button>
        </div>
      )}
    </Fold>
  );
}

interface FileProps {
  readonly place: string;
  readonly file: Json;
  readonly remove: () => void;
}

function ExpectedFile({ place, file, remove }: FileProps) {
  const { editor, isReadOnly, problems } = useDesk();
  const path = textAt(file, 'path');
  const type = textAt(file, 'type');
  const bad = problemsIn(problems, place).map(({ message }) => message);
  const put = (name: string, value: Json | undefined, mark?: string) =>
    editor.edit({ do: 'put', place: placeOf(place, name), value }, mark);
  return (
    <div className="expected-file">
      <TextInput
        aria-label={words.filePath}
        placeholder="report.md"
        value={path}
        readOnly={isReadOnly}
        classNames={{ input: 'code-input' }}
        error={bad.length > 0 && bad.join(' · ')}
        onChange={(event) => put('path', event.currentTarget.value, place)}
      />
      <Select
        aria-label={words.fileType}
        placeholder={words.fileType}
        data={[...ARTIFACT_TYPES]}
        value={type === '' ? null : type}
        readOnly={isReadOnly}
        clearable={!isReadOnly}
        onChange={(next) => put('type', next ?? undefined)}
      />
      <Switch
        size="xs"
        label={words.fileRequired}
        checked={!isObject(file) || file.required !== false}
        disabled={isReadOnly}
        onChange={(event) => put('required', event.currentTarget.checked ? undefined : false)}
      />
      {!isReadOnly && (
        <button
          type="button"
          className="bare-button"
          aria-label={words.fileRemove(path)}
          onClick={remove}
        >
          <Icon name="trash" />
        </button>
      )}
    </div>
  );
}
