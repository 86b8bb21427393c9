import { open } from 'node:fs/promises';

export type FolderSync = (folder: string) => Promise<void>;

/** Makes names in folders durable; who asks while a folder is being synced shares the next time. */
export function createFolderSync(): FolderSync {
  const going = new Map<string, Promise<void>>();
  const next = new Map<string, Promise<void>>();
  const begin = (folder: string): Promise<void> => {
    const round = syncFolder(folder).finally(() => {
      if (going.get(folder) === round) going.delete(folder);
    });
    going.set(folder, round);
    return round;
  };
  return (folder) => {
    const present = going.get(folder);
    if (present === undefined) return begin(folder);
    const waiting = next.get(folder);
    if (waiting !== undefined) return waiting;
    const shared = present
      .catch(() => undefined)
      .then(() => {
        next.delete(folder);
        return begin(folder);
      });
    next.set(folder, shared);
    return shared;
  };
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has no way to sync a folder, and needs none.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
