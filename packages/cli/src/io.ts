/** Where text goes. */
export interface Sink {
  write(text: string): void;
}

/** The world around the command; tests pass their own. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Whether stdout is a terminal whose lines can be rewritten. */
  readonly isTerminal: boolean;
  readonly isRoot: boolean;
  /** Size of the terminal in columns and rows, as it is now. */
  size(): { readonly width: number; readonly height: number };
  readStdin(): Promise<string>;
  /** One value that nobody is to see: asked for at a terminal, else all of standard input. */
  readSecret(question: string): Promise<string>;
  /** Wall time in milliseconds since the epoch. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `run` every `ms`; returns what stops it. */
  every(ms: number, run: () => void): () => void;
  /** Calls `run` on each Ctrl-C in place of ending the process; returns what stops that. */
  onInterrupt(run: () => void): () => void;
  readonly fetch: typeof fetch;
}
