import { SegmentedControl } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { FORMS, lineOf } from '../../logic/profile-source.ts';
import { CopyButton } from '../../ui/copy-id.tsx';
import { PROFILE_WORDS } from '../../words-profile.ts';
import { useDesk } from './desk.ts';

const words = PROFILE_WORDS.sourceView;
const LINE_PX = 18;

/** The profile as text, in step with all other views. */
export function SourceView() {
  const { editor, isReadOnly, at } = useDesk();
  const { source, fault, form } = editor;
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another selection leads to its line.
  useEffect(() => {
    if (at !== '' && !at.includes(' ')) show(area.current, lineOf(source, at));
  }, [at]);
  const numbers = source.split('\n').map((_line, i) => i + 1);
  return (
    <section className="card source-view">
      <header>
        <SegmentedControl
          size="xs"
          aria-label={words.form}
          data={FORMS.map((value) => ({ value, label: value.toUpperCase() }))}
          value={form}
          disabled={fault !== undefined}
          onChange={(next) => {
            const known = FORMS.find((one) => one === next);
            if (known !== undefined) editor.step({ do: 'form', form: known });
          }}
        />
        <span className="dim grow">{words.comments}</span>
        <CopyButton text={source} what={words.label} />
      </header>
      {fault !== undefined && (
        <p className="source-fault tone-red" role="alert">
          <button type="button" className="link" onClick={() => show(area.current, fault.line)}>
            {words.broken(fault.line, fault.message)}
          </button>
        </p>
      )}
      <div className="source-text">
        <div className="source-lines" ref={gutter} aria-hidden="true">
          {numbers.map((number) => (
            <span key={number} className={fault?.line === number ? 'is-bad' : ''}>
              {number}
            </span>
          ))}
        </div>
        <textarea
          ref={area}
          aria-label={words.label}
          value={source}
          readOnly={isReadOnly}
          spellCheck={false}
          wrap="off"
          onScroll={(event) => {
            if (gutter.current !== null) gutter.current.scrollTop = event.currentTarget.scrollTop;
          }}
          onChange={(event) => editor.step({ do: 'type', text: event.currentTarget.value })}
          onBlur={() => editor.step({ do: 'settle' })}
        />
      </div>
    </section>
  );
}

function show(area: HTMLTextAreaElement | null, line: number): void {
  if (area === null) return;
  const before = area.value.split('\n').slice(0, line - 1);
  const start = before.reduce((sum, one) => sum + one.length + 1, 0);
  const end = area.value.indexOf('\n', start);
  area.focus();
  area.setSelectionRange(start, end < 0 ? area.value.length : end);
  area.scrollTop = Math.max(0, (line - 6) * LINE_PX);
}
