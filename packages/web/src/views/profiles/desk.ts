import { createContext, useContext } from 'react';
import type { Link, Outline, Part } from '../../logic/profile-model.ts';
import type { Problem } from '../../logic/profile-model-checks.ts';
import type { Edit } from '../../logic/profile-model-edits.ts';
import type { Editor } from './use-editor.ts';

/** What all parts of the editor share. */
export interface Desk {
  readonly editor: Editor;
  readonly outline: Outline;
  /** The place of what is selected; empty: the profile. */
  readonly at: string;
  readonly part: Part | undefined;
  readonly link: Link | undefined;
  readonly problems: readonly Problem[];
  readonly isReadOnly: boolean;
  /** Whether it is stored, and known by its name therefore. */
  readonly isStored: boolean;
  readonly select: (at: string) => void;
  /** Selects the part that a place lies in, and leads to the field. */
  readonly goTo: (place: string) => void;
  /** Edits, and selects what was made. */
  readonly act: (edit: Edit) => void;
}

export const DeskContext = createContext<Desk | undefined>(undefined);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === undefined) throw new Error('There is no editor around this.');
  return desk;
}
