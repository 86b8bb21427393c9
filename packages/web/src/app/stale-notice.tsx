import { Button } from '@mantine/core';
import { connection } from '../data/connection.ts';
import { readStaleAnew, useStale } from '../data/stale.ts';
import { useStore } from '../data/store.ts';
import { messageOf } from '../ui/notice.tsx';
import { WORDS } from '../words.ts';
import { ERROR_WORDS } from '../words-error.ts';

/** Over every page of which a part could not be read, though the server is there. */
export function StaleNotice() {
  const stale = useStale();
  const { kind } = useStore(connection);
  if (stale === undefined || kind === 'away') return null;
  return (
    <div className="stale" role="status">
      <strong>{stale.isUnread ? ERROR_WORDS.unread : ERROR_WORDS.stale}</strong>
      <span>{messageOf(stale.error)}</span>
      <Button size="compact-sm" variant="default" onClick={readStaleAnew}>
        {WORDS.error.again}
      </Button>
    </div>
  );
}
