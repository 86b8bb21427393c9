import { useNavigate } from '@tanstack/react-router';
import type { JsonObject, ProfileView } from '@tenuto/contract';
import { useRef, useState } from 'react';
import { keepDraft } from '../../data/profile-drafts.ts';
import { docOf, useReadAgain, useSaveProfile } from '../../data/profiles.ts';
import { isStale } from '../../logic/field-errors.ts';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { PROFILE_WORDS } from '../../words-profile.ts';
import type { Editor } from './use-editor.ts';

const words = PROFILE_WORDS.editor;

interface Parts {
  readonly editor: Editor;
  readonly base: ProfileView | undefined;
  readonly setBase: (profile: ProfileView) => void;
  /** The name that what is not saved is kept under. */
  readonly name: string;
  /** Of a draft that was found: the version that it began as. */
  readonly version: number | undefined;
}

export interface Saving {
  readonly isPending: boolean;
  /** Why it was not saved; what another version by now says is no error. */
  readonly error: Error | null;
  readonly conflict: ProfileView | undefined;
  readonly save: () => void;
  readonly saveOver: () => void;
  readonly takeTheirs: () => void;
  readonly compare: () => void;
  readonly endConflict: () => void;
  /** Drops what is not saved. */
  readonly discard: () => void;
}

/** Saves a profile under the version that it began as, and says so when there is another by now. */
export function useSaving({ editor, base, setBase, name, version }: Parts): Saving {
  const [conflict, setConflict] = useState<ProfileView>();
  const expected = useRef(version);
  const { mutate, isPending, error } = useSaveProfile();
  const readAgain = useReadAgain();
  const navigate = useNavigate();
  const saved = (profile: ProfileView, doc: JsonObject) => {
    setConflict(undefined);
    expected.current = undefined;
    tell(words.saved(profile.name, profile.version));
    if (base !== undefined) {
      editor.step({ do: 'saved', doc });
      return setBase(profile);
    }
    keepDraft(name, undefined);
    const to = { to: '/profiles/$name', params: { name: profile.name } } as const;
    void navigate({ ...to, replace: true, ignoreBlocker: true });
  };
  const compare = (of: string) =>
    readAgain(of).then(setConflict, (failed) => tellFailure(words.notSaved, failed));
  const write = (over: number | undefined) => {
    if (editor.fault !== undefined || isPending) return;
    const { doc } = editor;
    const of = base && { name: base.name, version: over ?? expected.current ?? base.version };
    mutate(
      { doc, of },
      {
        onSuccess: (profile) => saved(profile, doc),
        onError: (failed) => {
          if (base !== undefined && isStale(failed)) void compare(base.name);
          else tellFailure(words.notSaved, failed);
        },
      },
    );
  };
  const reset = (profile: ProfileView) => {
    expected.current = undefined;
    setConflict(undefined);
    setBase(profile);
    editor.step({ do: 'reset', doc: docOf(profile) });
  };
  return {
    ...{ isPending, conflict, error: isStale(error) ? null : error },
    save: () => write(undefined),
    saveOver: () => write(conflict?.version),
    takeTheirs: () => conflict && reset(conflict),
    compare: () => base && void compare(base.name),
    endConflict: () => setConflict(undefined),
    discard: () => base && void readAgain(base.name).then(reset, () => reset(base)),
  };
}
