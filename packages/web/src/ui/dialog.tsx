import { Modal, type ModalProps } from '@mantine/core';
import { useEffect, useState } from 'react';

/** A dialog that is open as long as it is there; what had the focus before has it again afterwards. */
export function Dialog(props: Omit<ModalProps, 'opened'>) {
  useFocusBack(true);
  return <Modal opened {...props} />;
}

/** Gives the focus back when a dialog goes that was open from the first. */
export function useFocusBack(isOpen: boolean): void {
  const [before] = useState(() => (isOpen ? document.activeElement : null));
  useEffect(
    () => () => {
      const isLost = document.activeElement === document.body;
      if (isLost && before instanceof HTMLElement) before.focus({ preventScroll: true });
    },
    [before],
  );
}
