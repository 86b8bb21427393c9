const NEARLY = 0.8;

interface Props {
  /** Of the whole, from 0; beyond 1 it is full. */
  readonly share: number;
  /** Whether it is to be looked at already. */
  readonly warned?: boolean;
}

/** How much of something is used; the number stands beside it. */
export function Meter({ share, warned = share >= NEARLY }: Props) {
  const tone = share >= 1 ? 'red' : warned ? 'amber' : 'blue';
  return (
    <span className={`meter tone-${tone}`} aria-hidden="true">
      <span style={{ width: `${Math.min(1, share) * 100}%` }} />
    </span>
  );
}
