import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';
import { RUN_WORDS } from '../../words-run.ts';

const KEY = 'tenuto-split';
const LEAST = 20;
const MOST = 80;
const USUAL = 60;
const STEP = 2;

interface Props {
  readonly left: ReactNode;
  readonly right: ReactNode;
}

/** Two parts side by side; the line between them is moved by pointer or keys, and stays there. */
export function Split({ left, right }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(readShare);
  const move = (next: number) => {
    const within = Math.round(Math.min(MOST, Math.max(LEAST, next)) * 10) / 10;
    setShare(within);
    keepShare(within);
  };
  const onPointerMove = (event: PointerEvent) => {
    const bounds = box.current?.getBoundingClientRect();
    if (event.buttons !== 1 || bounds === undefined) return;
    move(((event.clientX - bounds.left) / bounds.width) * 100);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = { ArrowLeft: share - STEP, ArrowRight: share + STEP, Home: LEAST, End: MOST };
    const wanted = Object.entries(next).find(([key]) => key === event.key)?.[1];
    if (wanted === undefined) return;
    event.preventDefault();
    move(wanted);
  };
  const columns = `minmax(0, ${share}fr) 12px minmax(0, ${100 - share}fr)`;
  return (
    <div className="overview" ref={box} style={{ gridTemplateColumns: columns }}>
      {left}
      <div
        className="overview-split"
        role="separator"
        aria-orientation="vertical"
        aria-label={RUN_WORDS.graph.split}
        aria-valuemin={LEAST}
        aria-valuemax={MOST}
        aria-valuenow={Math.round(share)}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={onPointerMove}
        onDoubleClick={() => move(USUAL)}
      />
      {right}
    </div>
  );
}

/** A browser may forbid that anything is kept. */
function readShare(): number {
  try {
    const share = Number(localStorage.getItem(KEY) ?? USUAL);
    return share >= LEAST && share <= MOST ? share : USUAL;
  } catch {
    return USUAL;
  }
}

function keepShare(share: number): void {
  try {
    localStorage.setItem(KEY, String(share));
  } catch {
    // It is where it is until the page is left.
  }
}
