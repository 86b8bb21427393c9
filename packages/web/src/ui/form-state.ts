import { useRef, useState } from 'react';
import { isStale } from '../logic/field-errors.ts';

/** What a form holds, and a way to change parts of it. */
export function useFormState<Form extends object>(
  first: Form,
): readonly [Form, (part: Partial<Form>) => void] {
  const [form, setForm] = useState(first);
  return [form, (part) => setForm((known) => ({ ...known, ...part }))];
}

/**
 * The version of a thing that its form was filled with. What comes meanwhile is not taken for seen, until
 * a refusal has told of it; whoever saves again then means it. Nothing has the version 0.
 * @param error why the last try was refused
 */
export function useSeenVersion(
  thing: { readonly version: number } | undefined,
  error: unknown,
): number {
  const newest = thing?.version ?? 0;
  const [first] = useState(newest);
  return isStale(error) ? newest : first;
}

/** The thing whose form is open; it stays for as long as that is so, though others remove it. */
export function useOpened<T>(
  things: readonly T[],
  idOf: (thing: T) => string,
  open: string | undefined,
): T | undefined {
  const last = useRef<T>(undefined);
  const found = things.find((thing) => idOf(thing) === open) ?? last.current;
  last.current = found !== undefined && idOf(found) === open ? found : undefined;
  return last.current;
}
