/** Time, passed in so that tests and the simulation own it. */
export interface Clock {
  /** Wall time in milliseconds since the epoch. */
  wall(): number;
  /** Milliseconds on a clock that never goes backwards; only differences mean anything. */
  mono(): number;
  /** Calls `run` after `ms`; returns what cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** Randomness, passed in for the same reason. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  bytes(count: number): Uint8Array;
}
