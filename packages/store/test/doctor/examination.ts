/** The doctor on the database of a test. */
import { type BlobStore, createDoctor, type Doctor, type DoctorReport } from '@tenuto/engine';
import type { TestDatabase } from '@tenuto/testkit';
import { openApiStore } from '../../src/api-store.ts';

/** More runs than any test makes. */
export const ALL_RUNS = 10_000;

export interface OpenDoctor extends Doctor {
  close(): Promise<void>;
}

export function openDoctor(connection: TestDatabase['connection'], blobs?: BlobStore): OpenDoctor {
  const store = openApiStore({ ...connection }, blobs);
  return { ...createDoctor(store.doctor), close: store.close };
}

/** All that was found, a line each: `check: subject detail`. */
export function foundBy({ checks }: DoctorReport): string[] {
  return checks.flatMap(({ name, evidence }) =>
    evidence.map(({ subject, detail }) => `${name}: ${subject} ${detail}`),
  );
}

/** @throws with all that the doctor finds in a database, if it finds anything */
export async function expectSound(connection: TestDatabase['connection']): Promise<void> {
  const doctor = openDoctor(connection);
  try {
    const lines = foundBy(await doctor.examine({ limit: ALL_RUNS }));
    if (lines.length > 0) throw new Error(`the doctor has found:\n${lines.join('\n')}`);
  } finally {
    await doctor.close();
  }
}
