import { Modal, type ModalProps } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import { after } from '../data/clock.ts';
import { WORDS } from '../words.ts';
import { Confirm } from './confirm.tsx';
import { useFocusBack } from './dialog.tsx';
import { leave } from './sign-out.ts';

const words = WORDS.unsaved;
/** Forms on the page with something in them that no server knows. */
const unsaved = new Set<object>();

/** Whether something would be lost with this page. */
export const isUnsaved = (): boolean => unsaved.size > 0;

interface Props {
  readonly isDirty: boolean;
  /** Also asks before the address changes within the page, as when a panel closes. */
  readonly isPanel?: boolean;
  /** Called when somebody leaves all the same. */
  readonly leave?: () => void;
}

/** Asks before a page is left with something on it that is not saved. */
export function UnsavedGuard({ isDirty, isPanel = false, leave }: Props) {
  useEffect(() => {
    if (!isDirty) return;
    const form = {};
    unsaved.add(form);
    return () => void unsaved.delete(form);
  }, [isDirty]);
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      isDirty && (isPanel || current.pathname !== next.pathname),
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  });
  const go = () => {
    leave?.();
    blocker.proceed?.();
  };
  // The dialog closes before it acts: who stays is only known after that.
  const stay = () => void Promise.resolve().then(() => blocker.reset?.());
  return <Leave isAsked={blocker.status === 'blocked'} stay={stay} go={go} />;
}

interface LeaveProps {
  readonly isAsked: boolean;
  readonly stay: () => void;
  readonly go: () => void;
}

function Leave({ isAsked, stay, go }: LeaveProps) {
  const { title, text, verb } = words;
  const question = isAsked ? { title, text, verb, danger: true, act: go } : undefined;
  return <Confirm question={question} close={stay} />;
}

type FormModalProps = Pick<ModalProps, 'opened' | 'onClose' | 'title' | 'size'> & {
  readonly children: ReactNode;
};

/** A dialog with a form: once something was typed into it, it is not closed without being asked. */
export function FormModal({ opened, onClose, children, ...rest }: FormModalProps) {
  const [isDirty, setDirty] = useState(false);
  const [isAsked, setAsked] = useState(false);
  useFocusBack(opened);
  if (isDirty && !opened) setDirty(false);
  // The key that closes this dialog would close the question, too, if it were there at once.
  const ask = () => void after(0, () => setAsked(true));
  return (
    <Modal {...rest} opened={opened} onClose={isDirty ? ask : onClose} closeOnEscape={!isAsked}>
      <div onInput={() => setDirty(true)}>
        {children}
        <UnsavedGuard isDirty={isDirty} />
      </div>
      <Leave isAsked={isAsked} stay={() => setAsked(false)} go={onClose} />
    </Modal>
  );
}

/** Signs out, and asks before where something would be lost by that. */
export function useSignOut(): { readonly ask: () => void; readonly dialog: ReactNode } {
  const [isAsked, setAsked] = useState(false);
  return {
    ask: () => (isUnsaved() ? setAsked(true) : void leave()),
    dialog: <Leave isAsked={isAsked} stay={() => setAsked(false)} go={() => void leave()} />,
  };
}
