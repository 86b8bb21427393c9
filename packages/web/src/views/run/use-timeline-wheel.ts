import { useEffect, useRef } from 'react';
import type { Span } from '../../logic/timeline.ts';

const STEP = 1.25;

/** Ctrl and the wheel zoom around the pointer; the page must not zoom then. */
export function useTimelineWheel(
  box: React.RefObject<HTMLDivElement | null>,
  span: Span,
  magnify: (factor: number, at: number) => void,
): void {
  const latest = useRef({ span, magnify });
  latest.current = { span, magnify };
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const bars = element.querySelector('.timeline-bars')?.getBoundingClientRect();
      if (bars === undefined) return;
      const { span: shown, magnify: change } = latest.current;
      const at = shown.from + ((event.clientX - bars.left) / bars.width) * (shown.to - shown.from);
      change(event.deltaY < 0 ? STEP : 1 / STEP, at);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [box]);
}
