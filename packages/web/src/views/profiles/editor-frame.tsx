import { useDebouncedValue } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { JsonObject, ProfileView } from '@tenuto/contract';
import { useCallback, useMemo, useState } from 'react';
import { keepDraft, type ProfileDraft, readDraft } from '../../data/profile-drafts.ts';
import { docOf, useVerdict } from '../../data/profiles.ts';
import { useMay } from '../../data/scopes.ts';
import { linkAt, partAt } from '../../logic/profile-model.ts';
import { faultsOf, merged, type Problem } from '../../logic/profile-model-checks.ts';
import { applyEdit, type Edit } from '../../logic/profile-model-edits.ts';
import type { ProfileSearch } from '../../logic/profile-search.ts';
import { useTitle } from '../../ui/page.tsx';
import { UnsavedGuard } from '../../ui/unsaved.tsx';
import { PROFILE_WORDS as words } from '../../words-profile.ts';
import { type Desk, DeskContext } from './desk.ts';
import { EditorBody } from './editor-body.tsx';
import { type Checked, EditorHead } from './editor-head.tsx';
import { type Editor, useEditor } from './use-editor.ts';
import { useSaving } from './use-saving.ts';
import './profiles.css';
import './editor.css';
import './parts.css';

interface Props {
  /** The name that what is not saved is kept under. */
  readonly name: string;
  /** Absent: a new one. */
  readonly profile: ProfileView | undefined;
  /** What a new one begins as. */
  readonly first: JsonObject;
}

const TYPING_MS = 300;

/** The editor of a profile: head, views, the panel of what is selected. */
export function EditorFrame({ name, profile, first }: Props) {
  // What it began as; a version that comes later is offered, and put in place of nothing.
  const [base, setBase] = useState(profile);
  const saved = base === undefined ? first : docOf(base);
  const may = useMay();
  const isReadOnly = !may('runs:write') || (base !== undefined && base.source !== 'stored');
  const [kept] = useState(() => (isReadOnly ? undefined : keptOf(name, saved)));
  const editor = useEditor({
    ...{ name, version: kept?.version ?? base?.version },
    ...{ saved, first: kept?.doc ?? saved, text: kept?.text },
  });
  const [made, setMade] = useState<string>();
  const [aim, setAim] = useState<string>();
  const found = useProblems(editor);
  // Nobody has done anything wrong before anything was done.
  const isPristine = base === undefined && !editor.isDirty && editor.outline.phases.length === 0;
  const checked = isPristine ? { ...found, problems: [], isPristine } : found;
  const desk = useDeskOf({ editor, problems: checked.problems, isReadOnly, base, setMade, setAim });
  const saving = useSaving({ editor, base, setBase, name, version: kept?.version });
  useTitle(base?.title ?? base?.name ?? words.newTitle);
  const arrived = useCallback(() => setAim(undefined), []);
  return (
    <DeskContext value={desk}>
      <div className="page profile-page">
        <EditorHead {...{ base, latest: profile, saving, checked }} />
        <EditorBody
          {...{ made, aim, arrived, saving }}
          source={base?.source}
          isRestored={kept !== undefined}
        />
        <UnsavedGuard isDirty={editor.isDirty} leave={() => keepDraft(name, undefined)} />
      </div>
    </DeskContext>
  );
}

/** What was not saved when the page was left, if it is something else than what is stored. */
function keptOf(name: string, saved: JsonObject): ProfileDraft | undefined {
  const draft = readDraft(name);
  if (draft === undefined || draft.text !== undefined) return draft;
  return JSON.stringify(draft.doc) === JSON.stringify(saved) ? undefined : draft;
}

/** What is wrong: at once what is seen here, and after a moment what the server finds. */
function useProblems({ doc }: Editor): Checked {
  const [settled] = useDebouncedValue(doc, TYPING_MS);
  const { data, error } = useVerdict(settled);
  const seen = useMemo(
    () =>
      faultsOf(doc).map(({ place, kind, about }) => ({
        place,
        message: words.faults[kind](about),
      })),
    [doc],
  );
  const isCurrent = data !== undefined && data.doc === doc;
  const problems = useMemo(() => {
    const told = data?.problems.map(({ path, message }) => ({ place: path, message }));
    return merged(isCurrent ? told : undefined, seen);
  }, [data, seen, isCurrent]);
  return { problems, isChecking: !isCurrent && error === null, isAway: error !== null };
}

interface DeskParts {
  readonly editor: Editor;
  readonly problems: readonly Problem[];
  readonly isReadOnly: boolean;
  readonly base: ProfileView | undefined;
  readonly setMade: (place: string | undefined) => void;
  readonly setAim: (place: string | undefined) => void;
}

function useDeskOf({ editor, problems, isReadOnly, base, setMade, setAim }: DeskParts): Desk {
  const search: ProfileSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const { doc, outline } = editor;
  const link = linkAt(search.at ?? '');
  const part = link === undefined ? partAt(outline, search.at ?? '') : undefined;
  const at = link === undefined ? (part?.place ?? '') : (search.at ?? '');
  const go = (next: ProfileSearch) =>
    void navigate({ to: '.', search: next, replace: true, resetScroll: false });
  const select = (to: string) => {
    setMade(undefined);
    const { at: _before, ...rest } = search;
    go({ ...rest, ...(to !== '' && { at: to }) });
  };
  return {
    ...{ editor, outline, at, part, link, problems, isReadOnly, isStored: base !== undefined },
    select,
    goTo: (place) => {
      setAim(place);
      select(partAt(outline, place)?.place ?? '');
    },
    act: (edit: Edit) => {
      if (editor.fault !== undefined) return;
      const next = applyEdit(doc, edit);
      editor.edit(edit);
      if (edit.do === 'remove' || edit.do === 'disconnect') select('');
      else if (next.at !== undefined) {
        select(next.at);
        setMade(edit.do === 'move' ? undefined : next.at);
      }
    },
  };
}
