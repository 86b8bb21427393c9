import type { Json } from '@tenuto/contract';

/** Plain data, and where in its text each part of it stands. */
export interface ParsedText {
  readonly value: Json;
  /** Offset of the value that keys and indexes lead to; undefined when there is none. */
  offsetOf(path: readonly string[]): number | undefined;
}
