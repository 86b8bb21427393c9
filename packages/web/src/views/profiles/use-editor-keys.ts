import { useEffect } from 'react';
import { phaseAt } from '../../logic/profile-model.ts';
import { isTyping } from '../../ui/list-keys.ts';
import type { Desk } from './desk.ts';

interface Keys {
  readonly desk: Desk;
  readonly save: () => void;
  /** Where the keys that change parts hold. */
  readonly isDrawing: boolean;
}

/** All of the editor by the keyboard; while a field is written in, only what no field takes itself. */
export function useEditorKeys({ desk, save, isDrawing }: Keys): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isInDialog(event.target)) return;
      const done =
        event.ctrlKey || event.metaKey
          ? withCtrl(event, desk, save)
          : plain(event, desk, isDrawing);
      if (done) event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
}

function isInDialog(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[role="dialog"]') !== null;
}

function withCtrl(event: KeyboardEvent, { editor, isReadOnly }: Desk, save: () => void): boolean {
  if (isReadOnly) return false;
  const key = event.key.toLowerCase();
  if (key === 's') {
    save();
    return true;
  }
  if (isTyping(event.target)) return false;
  if (key === 'z' || key === 'y') {
    editor.step({ do: key === 'y' || event.shiftKey ? 'redo' : 'undo' });
    return true;
  }
  return false;
}

function plain(event: KeyboardEvent, desk: Desk, isDrawing: boolean): boolean {
  const { part, link, outline, at, act, select, isReadOnly } = desk;
  if (event.key === 'Escape' && at !== '') {
    select('');
    document.querySelector<HTMLElement>(`[data-part="${at}"]`)?.focus();
    return true;
  }
  if (isReadOnly || !isDrawing || event.altKey || isTyping(event.target)) return false;
  const phase = phaseAt(outline, at) ?? outline.phases.at(-1);
  switch (event.key) {
    case '1':
      act({ do: 'add-phase', after: phaseAt(outline, at)?.place });
      return true;
    case '2':
      if (phase !== undefined) act({ do: 'add-agent', phase: phase.place });
      return phase !== undefined;
    case '3':
      if (phase !== undefined)
        act({ do: 'add-gate', phase: phase.place, type: 'artifact_required' });
      return phase !== undefined;
    case 'd':
      if (part !== undefined) act({ do: 'duplicate', place: part.place });
      return part !== undefined;
    case 'Delete':
    case 'Backspace':
      if (link !== undefined) act({ do: 'disconnect', ...link });
      else if (part !== undefined) act({ do: 'remove', place: part.place });
      return link !== undefined || part !== undefined;
    default:
      return false;
  }
}
