import { Button } from '@mantine/core';
import { newBuild } from '../data/build.ts';
import { useStore } from '../data/store.ts';
import { WORDS } from '../words.ts';

/** Over every page once the server has a newer console than this one. */
export function UpdateNotice() {
  const isNew = useStore(newBuild);
  if (!isNew) return null;
  const { shell } = WORDS;
  return (
    <div className="updated" role="status">
      <strong>{shell.updated}</strong>
      <span className="dim">{shell.updatedText}</span>
      <Button size="compact-sm" variant="default" onClick={() => location.reload()}>
        {shell.reload}
      </Button>
    </div>
  );
}
