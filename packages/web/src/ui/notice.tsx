import { Button } from '@mantine/core';
import { ApiError } from '@tenuto/sdk';
import type { ReactNode } from 'react';
import { WORDS } from '../words.ts';
import { CopyButton } from './copy-id.tsx';

interface EmptyProps {
  readonly title: string;
  readonly text?: string;
  /** A command that can be run as it stands. */
  readonly example?: string;
  readonly children?: ReactNode;
}

/** What stands where nothing is: one sentence, and what to do about it. */
export function Empty({ title, text, example, children }: EmptyProps) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {text !== undefined && <p>{text}</p>}
      {example !== undefined && (
        <p className="example">
          <code>{example}</code>
          <CopyButton text={example} what={example} />
        </p>
      )}
      {children}
    </div>
  );
}

interface FailureProps {
  readonly error: unknown;
  readonly again?: () => void;
}

/** What went wrong, what to do about it, and by what those who run the server find it. */
export function Failure({ error, again }: FailureProps) {
  const said = error instanceof ApiError ? error : undefined;
  return (
    <div className="failure" role="alert">
      <strong>{said?.problem.title ?? WORDS.error.title}</strong>
      <p>{messageOf(error)}</p>
      {said?.remedy !== undefined && <p className="dim">{said.remedy}</p>}
      {said?.requestId !== undefined && (
        <p className="dim">
          {WORDS.error.request} <code>{said.requestId}</code>
        </p>
      )}
      {again !== undefined && (
        <Button size="compact-sm" variant="default" onClick={again}>
          {WORDS.error.again}
        </Button>
      )}
    </div>
  );
}

/** An error as a sentence, with what was wrong with each field. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof ApiError) || error.validationErrors.length === 0) return error.message;
  const fields = error.validationErrors.map(({ path, message }) => `${path}: ${message}`);
  // The sentence of the server is often that about the first field.
  const isRepeated = error.validationErrors.some(({ message }) => error.message.includes(message));
  return [...(isRepeated ? [] : [error.message]), ...fields].join(' · ');
}
