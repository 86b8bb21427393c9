import { Autocomplete } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { RunGraph } from '../../logic/run-graph.ts';
import { Icon } from '../../ui/icons.tsx';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.graph;
const MOST_FOUND = 12;

interface Props {
  readonly graph: RunGraph;
  readonly isCritical: boolean;
  readonly setCritical: (on: boolean) => void;
  /** Undefined where nothing can be folded. */
  readonly fold: (() => void) | undefined;
  readonly unfold: (() => void) | undefined;
  readonly find: (nodeId: string) => void;
  readonly zoom: (by: 1 | -1 | 0) => void;
}

/** What can be done to the picture of a graph. */
export function GraphTools({ graph, isCritical, setCritical, fold, unfold, find, zoom }: Props) {
  return (
    <header className="graph-tools">
      <Find graph={graph} find={find} />
      <button
        type="button"
        className="chip"
        aria-pressed={isCritical}
        title={words.criticalHint}
        onClick={() => setCritical(!isCritical)}
      >
        {words.critical}
      </button>
      {unfold !== undefined && (
        <button type="button" className="chip" onClick={unfold}>
          {words.unfoldAll}
        </button>
      )}
      {fold !== undefined && (
        <button type="button" className="chip" onClick={fold}>
          {words.foldAll}
        </button>
      )}
      <span className="grow" />
      <span className="graph-zoom">
        {(
          [
            ['minus', words.zoomOut, -1],
            ['plus', words.zoomIn, 1],
            ['fit', words.fit, 0],
          ] as const
        ).map(([icon, label, by]) => (
          <button
            key={icon}
            type="button"
            className="bare-button"
            aria-label={label}
            title={label}
            onClick={() => zoom(by)}
          >
            <Icon name={icon} />
          </button>
        ))}
      </span>
    </header>
  );
}

function Find({ graph, find }: Pick<Props, 'graph' | 'find'>) {
  const [text, setText] = useState('');
  const found = useMemo(() => matching(graph, text), [graph, text]);
  return (
    <Autocomplete
      className="graph-find"
      aria-label={words.find}
      placeholder={words.find}
      value={text}
      onChange={setText}
      data={found}
      filter={({ options }) => options}
      onOptionSubmit={(id) => {
        find(id);
        setText('');
      }}
      comboboxProps={{ withinPortal: true }}
      data-search
    />
  );
}

/** Ids that begin with a text first, then those that have it somewhere. */
export function matching({ ids }: RunGraph, text: string): string[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [];
  const begin: string[] = [];
  const within: string[] = [];
  for (const id of new Set(ids)) {
    const at = id.toLowerCase().indexOf(wanted);
    if (at === 0) begin.push(id);
    else if (at > 0 && within.length < MOST_FOUND) within.push(id);
    if (begin.length >= MOST_FOUND) break;
  }
  return [...begin, ...within].slice(0, MOST_FOUND);
}
