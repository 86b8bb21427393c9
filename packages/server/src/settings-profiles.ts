import { join } from 'node:path';
import { type ProfileFolder, SHIPPED_PROFILES } from './profiles/profile-files.ts';

/** The folders that profiles are read from, the operator's first. */
export function profileFolders(
  profilesDir: string | undefined,
  dataDir: string,
): readonly ProfileFolder[] {
  const own = [...(profilesDir === undefined ? [] : [profilesDir]), join(dataDir, 'profiles')];
  return [
    ...own.map((path) => ({ path, source: 'folder' as const })),
    { path: SHIPPED_PROFILES, source: 'shipped' },
  ];
}
