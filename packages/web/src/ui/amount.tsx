import { usd } from '../logic/phases.ts';
import { PHASED_WORDS } from '../words-phased.ts';

const words = PHASED_WORDS.cost;

interface Props {
  readonly cost: number;
  /** The part of it that stands for recorded answers. */
  readonly recorded: number;
}

/** An amount, and how much of it nobody is paid. */
export function Amount({ cost, recorded }: Props) {
  return (
    <>
      {usd(cost)}
      {recorded > 0 && (
        <span className="dim">
          {' '}
          {recorded === cost ? words.recorded : words.ofIt(usd(recorded))}
        </span>
      )}
    </>
  );
}
