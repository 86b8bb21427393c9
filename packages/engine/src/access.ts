import type { Access } from './ports/job-store.ts';

/** Whether what this owner has is reached. */
export function reaches(access: Access, owner: string): boolean {
  return access.all || access.owner === owner || (access.shared?.includes(owner) ?? false);
}
