import { TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { placeOf, stepsOf, valueAt } from '../../logic/json-place.ts';
import { siblingsOf, textAt } from '../../logic/profile-model.ts';
import { problemsIn } from '../../logic/profile-model-checks.ts';
import { isFree, type PartKind } from '../../logic/profile-model-ids.ts';
import { PROFILE_WORDS as words } from '../../words-profile.ts';
import { useDesk } from './desk.ts';

interface Props {
  readonly place: string;
  readonly kind: PartKind;
  /** Whether it was only just made, and is to be named now. */
  readonly isNew: boolean;
}

/** The id of a part: given when one has written it, so that nobody has it twice meanwhile. */
export function IdField({ place, kind, isNew }: Props) {
  const { editor, problems, isReadOnly } = useDesk();
  const part = valueAt(editor.doc, place);
  const id = textAt(part, 'id');
  const [draft, setDraft] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isNew) input.current?.select();
  }, [isNew]);
  const written = draft ?? id;
  const phase = valueAt(editor.doc, placeOf('', ...stepsOf(place).slice(0, 2)));
  const isTaken =
    part !== undefined &&
    written !== '' &&
    !isFree(written, siblingsOf(editor.doc, place), { kind, phase, but: part });
  const commit = () => {
    if (draft === undefined || isTaken) return;
    editor.edit({ do: 'rename', place, id: draft });
    setDraft(undefined);
  };
  const bad = isTaken
    ? [words.faults.twin(written)]
    : problemsIn(problems, placeOf(place, 'id')).map(({ message }) => message);
  return (
    <TextInput
      ref={input}
      data-place={placeOf(place, 'id')}
      label={words.id}
      value={written}
      readOnly={isReadOnly}
      classNames={{ input: 'code-input' }}
      spellCheck={false}
      maxLength={64}
      error={bad.length > 0 && bad.join(' · ')}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}
