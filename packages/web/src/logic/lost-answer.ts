/** A change was sent and no answer came, so that nobody knows whether it was made. */
export class LostAnswer extends Error {
  /** Whether the same request once more does nothing twice. */
  readonly isOnce: boolean;

  constructor(isOnce: boolean, cause: unknown) {
    super('The answer was lost.', { cause });
    this.name = 'LostAnswer';
    this.isOnce = isOnce;
  }
}
