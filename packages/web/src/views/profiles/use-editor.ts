import type { JsonObject } from '@tenuto/contract';
import { useEffect, useMemo, useReducer } from 'react';
import { keepDraft, type ProfileDraft } from '../../data/profile-drafts.ts';
import type { Point } from '../../logic/profile-layout.ts';
import { type Outline, outlineOf } from '../../logic/profile-model.ts';
import { applyEdit, type Edit } from '../../logic/profile-model-edits.ts';
import {
  begun,
  edited,
  type History,
  redone,
  settled,
  undone,
} from '../../logic/profile-model-history.ts';
import {
  printSource,
  readSource,
  type SourceFault,
  type SourceForm,
} from '../../logic/profile-source.ts';

/** What is drawn: the document, and where its phases were put by hand. */
interface Drawing {
  readonly doc: JsonObject;
  readonly moved: Readonly<Record<string, Point>>;
}

interface State {
  readonly history: History<Drawing>;
  /** As it is stored, or as a new one begins. */
  readonly saved: JsonObject;
  readonly form: SourceForm;
  /** The source as it was typed, until something else changes the document. */
  readonly typed: string | undefined;
  readonly fault: SourceFault | undefined;
}

type Step =
  | { readonly do: 'doc'; readonly doc: JsonObject; readonly mark?: string | undefined }
  | { readonly do: 'type'; readonly text: string }
  | { readonly do: 'drop-text' | 'undo' | 'redo' | 'settle' | 'tidy' }
  | { readonly do: 'form'; readonly form: SourceForm }
  | { readonly do: 'place'; readonly id: string; readonly point: Point }
  | { readonly do: 'saved'; readonly doc: JsonObject }
  | { readonly do: 'reset'; readonly doc: JsonObject };

function reduce(state: State, step: Step): State {
  const { history } = state;
  const { present } = history;
  const shown = (next: History<Drawing>): State => ({
    ...{ ...state, history: next, typed: undefined, fault: undefined },
  });
  switch (step.do) {
    case 'doc':
      return shown(edited(history, { ...present, doc: step.doc }, step.mark));
    case 'type':
      return typed(state, step.text);
    case 'drop-text':
      return { ...state, typed: undefined, fault: undefined };
    case 'undo':
      return shown(undone(history));
    case 'redo':
      return shown(redone(history));
    case 'settle':
      return { ...state, history: settled(history) };
    case 'tidy':
      return { ...state, history: edited(history, { ...present, moved: {} }) };
    case 'form':
      return { ...state, form: step.form, typed: undefined };
    case 'place': {
      const moved = { ...present.moved, [step.id]: step.point };
      return { ...state, history: edited(history, { ...present, moved }) };
    }
    case 'saved':
      return { ...state, saved: step.doc };
    case 'reset':
      return { ...shown(edited(history, { ...present, doc: step.doc })), saved: step.doc };
  }
}

function typed(state: State, text: string): State {
  const read = readSource(text);
  if ('fault' in read) return { ...state, typed: text, fault: read.fault };
  const { history } = state;
  const next = sameJson(read.doc, history.present.doc)
    ? history
    : edited(history, { ...history.present, doc: read.doc }, 'source');
  return { ...state, history: next, typed: text, fault: undefined };
}

function sameJson(a: JsonObject, b: JsonObject): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

export interface Editor {
  readonly doc: JsonObject;
  readonly outline: Outline;
  readonly moved: Readonly<Record<string, Point>>;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly isDirty: boolean;
  /** Why the source cannot be read; the graph is not changed as long as it cannot. */
  readonly fault: SourceFault | undefined;
  readonly form: SourceForm;
  readonly source: string;
  /** @returns the place of what was made or moved */
  readonly edit: (edit: Edit, mark?: string) => string | undefined;
  readonly step: (step: Step) => void;
}

interface Options {
  /** The name that a draft is kept under. */
  readonly name: string;
  readonly version: number | undefined;
  readonly saved: JsonObject;
  readonly first: JsonObject;
  /** The source as it was left, where it could not be read. */
  readonly text: string | undefined;
}

/** A profile that is being edited, with all that can be taken back. */
export function useEditor({ name, version, saved, first, text: left }: Options): Editor {
  const [state, step] = useReducer(reduce, undefined, () => {
    const fresh: State = {
      ...{ history: begun<Drawing>({ doc: first, moved: {} }), saved },
      ...{ form: 'yaml', typed: undefined, fault: undefined },
    };
    return left === undefined ? fresh : typed(fresh, left);
  });
  const { history, typed: text, fault, form } = state;
  const { doc, moved } = history.present;
  const outline = useMemo(() => outlineOf(doc), [doc]);
  const source = useMemo(() => text ?? printSource(doc, form), [text, doc, form]);
  const isDirty = useMemo(
    () => fault !== undefined || !sameJson(state.saved, doc),
    [fault, state.saved, doc],
  );
  useEffect(() => {
    const broken = fault === undefined ? undefined : text;
    const draft: ProfileDraft | undefined = isDirty ? { doc, version, text: broken } : undefined;
    keepDraft(name, draft);
  }, [isDirty, doc, name, version, fault, text]);
  return {
    ...{ doc, outline, moved, isDirty, fault, form, source, step },
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    edit: (edit, mark) => {
      if (fault !== undefined) return undefined;
      const { doc: next, at } = applyEdit(doc, edit);
      if (next !== doc) step({ do: 'doc', doc: next, mark });
      return at;
    },
  };
}
