import { Button, Group } from '@mantine/core';
import { WORDS } from '../words.ts';
import { CopyButton } from './copy-id.tsx';
import { Dialog } from './dialog.tsx';

interface Props {
  readonly title: string;
  readonly text: string;
  /** What each part is called, and the part. */
  readonly parts: readonly (readonly [string, string])[];
  readonly close: () => void;
}

/** Something that nobody can read again once this is closed. */
export function ShownOnce({ title, text, parts, close }: Props) {
  return (
    <Dialog
      onClose={close}
      title={title}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <div className="dialog-form">
        <p>{text}</p>
        {parts.map(([name, value]) => (
          <div key={name} className="shown-once">
            <span className="dim">{name}</span>
            <span className="example">
              <code>{value}</code>
              <CopyButton text={value} what={name} />
            </span>
          </div>
        ))}
        <Group justify="flex-end">
          <Button onClick={close}>{WORDS.editor.kept}</Button>
        </Group>
      </div>
    </Dialog>
  );
}
