/**
 * A part of the flush statement: SQL whose parameters stand as `?`, with their values in order.
 * What it writes, it writes through the gate.
 */
export interface Part {
  readonly name: string;
  readonly sql: string;
  readonly values: readonly unknown[];
}
