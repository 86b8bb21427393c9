import type { Clock } from '../ports/clock.ts';

/**
 * Does something again and again at most so often; what is asked for meanwhile is done once, later.
 * @param act what is done; undefined when it cannot be done now, and is asked for again later
 */
export function coalesced(
  clock: Clock,
  everyMs: number,
  act: () => Promise<unknown> | undefined,
): { ask(): void; again(): void } {
  let busy = false;
  let wanted = false;

  function once(): void {
    if (busy || !wanted) return;
    const acting = act();
    if (acting === undefined) return;
    busy = true;
    wanted = false;
    const ended = () =>
      void clock.after(everyMs, () => {
        busy = false;
        once();
      });
    acting.then(ended, ended);
  }

  return {
    ask() {
      wanted = true;
      once();
    },
    /** Does what could not be done when it was asked for. */
    again: once,
  };
}
