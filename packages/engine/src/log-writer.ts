import { LIMITS } from '@tenuto/contract';
import type { Call } from './owned.ts';
import type { LogStream } from './ports/action-runner.ts';
import type { Clock } from './ports/clock.ts';
import { type EngineStore, type LogRow, StoreFault } from './ports/store.ts';

const WRITE_EVERY_MS = 200;
/** Rows kept while the database is away; logs are the first thing to give up then. */
const ROWS_KEPT = 20_000;
const ROWS_A_WRITE = 1_000;

/** Carries what attempts say to the database, apart from the journal and behind it. */
export interface LogWriter {
  write(call: Call, stream: LogStream, text: string): void;
  flush(): Promise<void>;
}

export function createLogWriter(store: Pick<EngineStore, 'putLogs'>, clock: Clock): LogWriter {
  let rows: LogRow[] = [];
  let scheduled = false;
  let writing: Promise<void> = Promise.resolve();

  function write(call: Call, stream: LogStream, text: string): void {
    const room = LIMITS.logBytesPerAttempt - call.logBytes;
    if (room <= 0 || rows.length >= ROWS_KEPT) return;
    call.logBytes += text.length;
    push(call, stream, cleaned(text.slice(0, room)));
    if (text.length > room) push(call, 'system', `Log cut at ${LIMITS.logBytesPerAttempt} bytes.`);
  }

  function push(call: Call, stream: LogStream, text: string): void {
    call.logSeq += 1;
    rows.push({
      runId: call.owned.id,
      node: call.node,
      attempt: call.attempt,
      seq: call.logSeq,
      at: clock.wall(),
      stream,
      text,
    });
    schedule();
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    clock.after(WRITE_EVERY_MS, () => {
      scheduled = false;
      void flush();
    });
  }

  function flush(): Promise<void> {
    writing = writing.then(writeAll);
    return writing;
  }

  async function writeAll(): Promise<void> {
    for (let atOnce = ROWS_A_WRITE; rows.length > 0; ) {
      const some = rows.slice(0, atOnce);
      try {
        await store.putLogs(some);
        rows = rows.slice(some.length);
        atOnce = ROWS_A_WRITE;
      } catch (error) {
        if (!(error instanceof StoreFault) || error.kind === 'unavailable') {
          // Logs must not hold anything up; they are tried again later.
          schedule();
          return;
        }
        // A row that the database refuses must not take its neighbours down.
        if (some.length === 1) rows = rows.slice(1);
        else atOnce = some.length >> 1;
      }
    }
  }

  return { write, flush };
}

/** Text that PostgreSQL takes: no NUL, no half characters. */
function cleaned(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
