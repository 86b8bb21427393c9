/**
 * What people have changed and not saved, kept in this tab until they do: a session that ends or a
 * page that is loaded again takes nothing away. Each principal has drafts of their own.
 */
import type { JsonObject } from '@tenuto/contract';
import { isObject } from '../logic/json-place.ts';
import { currentSession } from './session.ts';

export interface ProfileDraft {
  readonly doc: JsonObject;
  /** The version that it began as. */
  readonly version: number | undefined;
  /** The source, where it could not be read. */
  readonly text?: string | undefined;
}

const keyOf = (name: string): string =>
  `tenuto.profile-draft:${currentSession()?.principal ?? ''}:${name}`;

/** The draft of a profile, by its name; those of new ones begin with `?`. */
export function readDraft(name: string): ProfileDraft | undefined {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(keyOf(name)) ?? 'null');
    if (!isObject(value) || !isObject(value.doc)) return undefined;
    const { doc, version, text } = value;
    return {
      ...{ doc, version: typeof version === 'number' ? version : undefined },
      ...(typeof text === 'string' && { text }),
    };
  } catch {
    return undefined;
  }
}

export function keepDraft(name: string, draft: ProfileDraft | undefined): void {
  try {
    if (draft === undefined) sessionStorage.removeItem(keyOf(name));
    else sessionStorage.setItem(keyOf(name), JSON.stringify(draft));
  } catch {
    // A full or forbidden storage keeps nothing; the page itself still has it.
  }
}
