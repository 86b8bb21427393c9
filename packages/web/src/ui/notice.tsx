import { Button } from '@mantine/core';
import { ApiError } from '@tenuto/sdk';
import type { ReactNode } from 'react';
import { useSaid } from '../data/said-errors.ts';
import { readStaleAnew } from '../data/stale.ts';
import { toldOf } from '../logic/error-text.ts';
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
  useSaid(error);
  const { title, text, remedy } = toldOf(error);
  const request = error instanceof ApiError ? error.requestId : undefined;
  return (
    <div className="failure" role="alert">
      <strong>{title ?? WORDS.error.title}</strong>
      <p>{text}</p>
      {remedy !== undefined && <p className="dim">{remedy}</p>}
      {request !== undefined && (
        <p className="dim">
          {WORDS.error.request} <code>{request}</code>
        </p>
      )}
      {again !== undefined && (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            again();
            readStaleAnew();
          }}
        >
          {WORDS.error.again}
        </Button>
      )}
    </div>
  );
}

/** An error in one line, with what was wrong with each field, and what to do where it cannot say it. */
export function messageOf(error: unknown): string {
  const { text, remedy } = toldOf(error);
  const isBare = !(error instanceof ApiError);
  return isBare && remedy !== undefined ? `${text} ${remedy}` : text;
}
