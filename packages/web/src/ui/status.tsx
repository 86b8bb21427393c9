import { lookOf, type Status } from '../logic/status.ts';
import { WORDS } from '../words.ts';
import { StatusGlyph } from './icons.tsx';

interface Props {
  readonly status: Status;
  /** Shown behind a status that is about one attempt of several. */
  readonly attempt?: number | undefined;
  /** Only the sign; its word is there for those who do not see it. */
  readonly bare?: boolean;
}

/** A status: sign, word and colour, the same everywhere. */
export function StatusMark({ status, attempt, bare = false }: Props) {
  const { tone, icon } = lookOf(status);
  const word = WORDS.status[status];
  const number = attempt !== undefined && attempt > 1 ? ` ${attempt}` : '';
  if (bare) {
    return (
      <span className={`status tone-${tone}`} role="img" aria-label={word} title={word}>
        <StatusGlyph icon={icon} />
      </span>
    );
  }
  return (
    <span className={`status tone-${tone}`}>
      <StatusGlyph icon={icon} />
      <span className="status-word">{word + number}</span>
    </span>
  );
}
