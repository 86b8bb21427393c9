import { Button } from '@mantine/core';
import { connection } from '../data/connection.ts';
import { readStaleAnew, useStaleReason } from '../data/stale.ts';
import { useStore } from '../data/store.ts';
import { messageOf } from '../ui/notice.tsx';
import { WORDS } from '../words.ts';
import { ERROR_WORDS } from '../words-error.ts';

/** Over every page of which a part could not be brought up to date, though the server is there. */
export function StaleNotice() {
  const reason = useStaleReason();
  const { kind } = useStore(connection);
  if (reason === undefined || kind === 'away') return null;
  return (
    <div className="stale" role="status">
      <strong>{ERROR_WORDS.stale}</strong>
      <span>{messageOf(reason)}</span>
      <Button size="compact-sm" variant="default" onClick={readStaleAnew}>
        {WORDS.error.again}
      </Button>
    </div>
  );
}
