/** What the system promises, as far as the doctor looks after it; docs/doctor.md lists it. */
export const INVARIANTS: Readonly<Record<number, string>> = {
  1: 'A run that was accepted is never lost, and reaches an end.',
  2: 'A request that is sent again under its idempotency key makes no second run.',
  4: 'A result is written once for each attempt, and never changes after the run has ended.',
  6: 'Epochs only rise.',
  7: 'The runs of a dead engine are taken over.',
  9: 'Whether a batch was committed is known, never guessed.',
  11: 'A node has no more attempts than its policy allows, crashes included.',
  14: 'After a cancel no work of the run starts, only cleanup.',
  16: 'A tick of a schedule fires once, however many schedulers there are.',
  20: 'An accepted event is for each subscription that it matches, exactly once.',
  21: 'Redis is never the only copy: without it, all goes on, only later.',
  22: 'A change and its audit row are one transaction.',
  23: 'Audit rows are never changed or deleted.',
  30: 'What a crash of the database may lose is known.',
  31: 'A journal that was written can be replayed.',
  33: 'A run with work left goes on.',
};
