import type { Attempt } from '@tenuto/contract';
import { count, duration } from '../../logic/format.ts';
import type { AttemptLines } from '../../logic/log-rows.ts';
import { lookOf } from '../../logic/status.ts';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { WORDS } from '../../words.ts';
import { LOG_WORDS as words } from '../../words-log.ts';

interface Props {
  readonly part: 'head' | 'end';
  readonly lines: AttemptLines | undefined;
  readonly isOpen: boolean;
  readonly fold: () => void;
}

/** What stands before and behind the lines of an attempt. */
export function AttemptRow({ part, lines, isOpen, fold }: Props) {
  if (lines === undefined) return null;
  if (part === 'end') return lines.end && <AttemptEnd attempt={lines.end} />;
  return (
    <button type="button" className="log-attempt" aria-expanded={isOpen} onClick={fold}>
      {isOpen ? '▾' : '▸'} {words.attempt(lines.attempt)} · {words.lines(count(lines.last))}
    </button>
  );
}

/** How an attempt has ended, with what it has failed of: a command may have died without a word. */
function AttemptEnd({ attempt }: { readonly attempt: Attempt }) {
  const { status, duration_ms: took, error, retry_at: again } = attempt;
  return (
    <p className={`log-end tone-${lookOf(status).tone}`}>
      <StatusMark status={status} bare />{' '}
      {words.end(WORDS.status[status], took === null ? undefined : duration(took))}
      {error !== null && (
        <>
          {' '}
          · <code>{error.type}</code> {error.message}
        </>
      )}
      {exitCodeOf(attempt)}
      {again !== null && (
        <span className="dim">
          {' '}
          · {words.again} <When at={again} />
        </span>
      )}
    </p>
  );
}

/** Where a command has left one and its error does not tell it. */
function exitCodeOf({ output, error }: Attempt): string {
  if (typeof output !== 'object' || output === null || !('exit_code' in output)) return '';
  const { exit_code: code } = output;
  if (typeof code !== 'number' || error?.message.includes(`exit code ${code}`)) return '';
  return ` · ${words.exitCode(code)}`;
}
