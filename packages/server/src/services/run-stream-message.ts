import type { StreamClose } from '@tenuto/contract';
import type { FeedMessage } from '@tenuto/engine';

/** What a follower is sent; a closing is the last. */
export type StreamMessage =
  | Extract<FeedMessage, { kind: 'entries' | 'progress' | 'idle' }>
  | Closing;

export interface Closing {
  readonly kind: 'close';
  /** Of a WebSocket. */
  readonly code: number;
  readonly close: StreamClose;
}

export interface RunStream {
  readonly messages: AsyncGenerator<StreamMessage, void>;
  /** The run is over, and the follower has seen all of it. */
  readonly done: boolean;
  /** Calls back when the follower has taken nothing for too long: nothing can be said to them. */
  onStuck(cut: () => void): void;
  /** Nobody follows any more. */
  close(): void;
}
