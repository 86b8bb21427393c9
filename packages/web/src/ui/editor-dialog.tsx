import { Button, Group } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { isStale } from '../logic/field-errors.ts';
import { WORDS } from '../words.ts';
import { Failure } from './notice.tsx';
import { FormModal } from './unsaved.tsx';

interface Props {
  readonly title: string;
  readonly verb: string;
  readonly isPending: boolean;
  /** Why the last try was refused; what was typed stays. */
  readonly error: unknown;
  readonly submit: () => void;
  readonly close: () => void;
  /** It holds text of long lines. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** A form over the page that makes or changes one thing. */
export function EditorDialog(props: Props) {
  const { title, verb, isPending, error, submit, close, wide = false, children } = props;
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    submit();
  };
  return (
    <FormModal opened onClose={close} title={title} size={wide ? 'xl' : 'md'}>
      <form onSubmit={onSubmit} className="editor-form">
        {children}
        {isStale(error) && <p className="editor-stale">{WORDS.editor.stale}</p>}
        {error !== null && error !== undefined && <Failure error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            {WORDS.editor.close}
          </Button>
          <Button type="submit" loading={isPending}>
            {isStale(error) ? WORDS.editor.overwrite : verb}
          </Button>
        </Group>
      </form>
    </FormModal>
  );
}
