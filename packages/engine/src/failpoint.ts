/**
 * Named places in which tests make a process fail: between two steps that a crash can part. They
 * are always compiled in and do nothing until a test arms them: the simulation, which knows the
 * process that it plays, or a real server by its setting FAILPOINT.
 */
export const FAILPOINTS = [
  /** A batch is about to be sent, also when it is sent again. */
  'before-flush',
  /** A batch is on its way, and nothing is heard of it yet. */
  'flush-sent',
  /** A batch is known to be committed; nothing has followed from it. */
  'flush-committed',
  /** Before the first statement of a takeover. */
  'before-takeover',
  /** A takeover has raised the epoch in its transaction. */
  'takeover-fenced',
  /** A takeover has written all; its commit is not sent. */
  'takeover-written',
  /** A takeover is known to be committed. */
  'takeover-committed',
  'before-claim',
  /** Runs have been claimed and are not in memory. */
  'claimed',
  /** A start is durable, and its action has not been asked. */
  'before-attempt',
  /** An action has ended; the journal knows nothing of it. */
  'action-ended',
  /** A run is about to be given up, parked or handed back. */
  'before-park',
  /** A run is about to be ended. */
  'before-finish',
  /** The engine goes down and lets attempts end. */
  'draining',
  /** The engine goes down and is about to hand a run back. */
  'before-hand-back',
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

let reached: ((point: Failpoint) => void) | undefined;

/** Marks the place. Whoever is armed may end the process here, stop it for a while, or throw. */
export function failpoint(point: Failpoint): void {
  if (reached !== undefined) reached(point);
}

/**
 * Arms all failpoints of this process, one registry at a time.
 *
 * @param hit told of each place that is reached; what it throws is thrown there
 * @returns what disarms them
 */
export function armFailpoints(hit: (point: Failpoint) => void): () => void {
  reached = hit;
  return () => {
    if (reached === hit) reached = undefined;
  };
}
