import { TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { after } from '../data/clock.ts';

const TYPING_MS = 300;

interface Props {
  readonly label: string;
  /** The filter that holds now; it may be changed elsewhere, too. */
  readonly value: string;
  readonly put: (text: string) => void;
  /** What an empty field shows; its label where nothing else is said. */
  readonly placeholder?: string;
  /** Whether `/` leads here. */
  readonly isSearch?: boolean;
  /** Typed in the letters of code. */
  readonly code?: boolean;
  readonly w?: number;
}

/** A field whose text becomes a filter once the typing pauses. */
export function FilterField(props: Props) {
  const { label, value, put, placeholder = label, isSearch = false, code = false, w } = props;
  const [typed, setTyped] = useState({ text: value, known: value, sent: value });
  // What was chosen elsewhere counts; what comes back of one's own text does not move it.
  if (value !== typed.known) {
    setTyped({ text: value === typed.sent ? typed.text : value, known: value, sent: value });
  }
  const wanted = typed.text.trim();
  useEffect(() => {
    if (wanted === value || wanted === typed.sent) return;
    return after(TYPING_MS, () => {
      setTyped((known) => ({ ...known, sent: wanted }));
      put(wanted);
    });
  });
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={placeholder}
      value={typed.text}
      onChange={({ currentTarget: { value: text } }) => setTyped((known) => ({ ...known, text }))}
      {...(code && { classNames: { input: 'code-input' } })}
      {...(isSearch && { 'data-search': true })}
      {...(w !== undefined && { w })}
    />
  );
}
