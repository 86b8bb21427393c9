import type { Batch, Failpoint, FlushResult } from '@tenuto/engine';
import type { LaneKey } from './flush.ts';
import type { Message } from './inbox.ts';

/** How statements get to the database, and when; the statement itself is one moment. */
export interface Link {
  call<T>(request: Request, statement: () => T | Promise<T>): Promise<T>;
  /** A transaction of several statements, which holds the fences of an engine. */
  transaction<T>(request: Request, steps: Steps<T>): Promise<T>;
}

/** The statements of a transaction; between two of them the client may be at a failpoint. */
export type Steps<T> = () => Generator<Failpoint | undefined, T | Promise<T>>;

export interface Request {
  readonly verb: string;
  /** The engine whose fence the statement takes. */
  readonly fence?: string;
  /** What a flush writes, and through which lane. */
  readonly batch?: Batch;
  readonly lane?: LaneKey;
  /** The epoch under which an engine claims. */
  readonly epoch?: number;
  /** The count at which a taker saw the heartbeat stand still. */
  readonly seenBeat?: number;
  /** What a client tells a run. */
  readonly message?: Message;
  /** Answered before it is done: only ever because a rule was taken away. */
  readonly tooEarly?: FlushResult;
}
