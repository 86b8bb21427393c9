import { useState } from 'react';

/** What a form holds, and a way to change parts of it. */
export function useFormState<Form extends object>(
  first: Form,
): readonly [Form, (part: Partial<Form>) => void] {
  const [form, setForm] = useState(first);
  return [form, (part) => setForm((known) => ({ ...known, ...part }))];
}
