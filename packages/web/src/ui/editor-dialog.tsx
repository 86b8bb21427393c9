import { Button, Group } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { fieldErrors, isStale } from '../logic/field-errors.ts';
import { WORDS } from '../words.ts';
import { Failure } from './notice.tsx';
import { FormModal } from './unsaved.tsx';

interface Props {
  readonly title: string;
  readonly verb: string;
  /** What is asked of the server, and why the last try was refused; what was typed stays. */
  readonly change: { readonly isPending: boolean; readonly error: Error | null };
  readonly submit: () => void;
  readonly close: () => void;
  /** It holds text of long lines. */
  readonly wide?: boolean;
  /** @param wrong what the server found wrong, by the field */
  readonly children: (wrong: ReadonlyMap<string, string>) => ReactNode;
}

/** A form over the page that makes or changes one thing. */
export function EditorDialog(props: Props) {
  const { title, verb, change, submit, close, wide = false, children } = props;
  const { isPending, error } = change;
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    submit();
  };
  return (
    <FormModal opened onClose={close} title={title} size={wide ? 'xl' : 'md'}>
      <form onSubmit={onSubmit} className="dialog-form">
        {children(fieldErrors(error))}
        {isStale(error) && <p className="dialog-stale">{WORDS.editor.stale}</p>}
        {error !== null && <Failure error={error} />}
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
