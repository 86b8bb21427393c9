import { Button, Select, Switch, TextInput } from '@mantine/core';
import type { RunDetail } from '@tenuto/contract';
import { useState } from 'react';
import { wholeLog } from '../../data/logs.ts';
import { count } from '../../logic/format.ts';
import { saveText } from '../../ui/save-text.ts';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { LOG_WORDS as words } from '../../words-log.ts';

/** How a log is looked at. */
export interface LogLook {
  readonly text: string;
  readonly stream: 'stdout' | 'stderr' | undefined;
  /** Only the lines that were found. */
  readonly only: boolean;
  readonly times: boolean;
  readonly wrap: boolean;
}

interface Props {
  readonly run: RunDetail;
  /** Ids. */
  readonly nodes: readonly string[];
  readonly shown: string | undefined;
  readonly look: LogLook;
  readonly change: (look: Partial<LogLook>) => void;
  readonly all: number;
  /** How many lines were found so far; undefined where nothing is sought. */
  readonly found: number | undefined;
  readonly hasMore: boolean;
  readonly at: number;
  readonly step: (by: number) => void;
  readonly follow: boolean;
  readonly setFollow: (follow: boolean) => void;
  readonly select: (nodeId: string | undefined) => void;
}

/** What stands above a log: which node, what is sought, and how it looks. */
export function LogBar(props: Props) {
  const { run, nodes, shown, look, change, all, follow, setFollow, select } = props;
  return (
    <header>
      <Select
        aria-label={words.node}
        placeholder={words.node}
        data={nodes}
        value={shown ?? null}
        onChange={(value) => select(value ?? undefined)}
        searchable
        limit={100}
      />
      <Select
        aria-label={words.stream}
        className="log-stream"
        data={[
          { value: 'all', label: words.streams.all },
          { value: 'stdout', label: words.streams.stdout },
          { value: 'stderr', label: words.streams.stderr },
        ]}
        value={look.stream ?? 'all'}
        onChange={(value) =>
          change({ stream: value === 'stdout' || value === 'stderr' ? value : undefined })
        }
        allowDeselect={false}
      />
      <Search {...props} />
      <Switch
        size="xs"
        label={words.follow}
        checked={follow}
        onChange={(event) => setFollow(event.currentTarget.checked)}
      />
      <Switch
        size="xs"
        label={words.times}
        checked={look.times}
        onChange={(event) => change({ times: event.currentTarget.checked })}
      />
      <Switch
        size="xs"
        label={words.wrap}
        checked={look.wrap}
        onChange={(event) => change({ wrap: event.currentTarget.checked })}
      />
      <span className="grow" />
      <span className="dim num">{words.lines(count(all))}</span>
      <Buttons runId={run.run_id} name={run.name} node={shown} isEmpty={all === 0} />
    </header>
  );
}

function Search({ look, change, found, hasMore, at, step }: Props) {
  return (
    <>
      <TextInput
        type="search"
        aria-label={words.search}
        placeholder={words.search}
        value={look.text}
        onChange={(event) => change({ text: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
        }}
        maxLength={200}
        data-search
      />
      {found !== undefined && look.text !== '' && (
        <>
          <span className="dim num" role="status">
            {words.found(found === 0 ? 0 : at + 1, count(found), hasMore)}
          </span>
          <Button variant="default" size="compact-sm" onClick={() => step(-1)} disabled={!found}>
            {words.previous}
          </Button>
          <Button variant="default" size="compact-sm" onClick={() => step(1)} disabled={!found}>
            {words.next}
          </Button>
          <Switch
            size="xs"
            label={words.only}
            checked={look.only}
            onChange={(event) => change({ only: event.currentTarget.checked })}
          />
        </>
      )}
    </>
  );
}

interface ButtonsProps {
  readonly runId: string;
  readonly name: string;
  readonly node: string | undefined;
  readonly isEmpty: boolean;
}

function Buttons({ runId, name, node, isEmpty }: ButtonsProps) {
  const [reads, setReads] = useState(false);
  const save = () => {
    if (node === undefined) return;
    setReads(true);
    wholeLog(runId, node)
      .then((text) => saveText(`${name}-${node}.log`, text))
      .catch((error: unknown) => tellFailure(words.notSaved, error))
      .finally(() => setReads(false));
  };
  const copy = () => {
    const lines = [...document.querySelectorAll('.log-words')].map((line) => line.textContent);
    void navigator.clipboard.writeText(lines.join('\n')).then(
      () => tell(words.copied),
      (error: unknown) => tellFailure(words.notSaved, error),
    );
  };
  return (
    <>
      <Button variant="default" onClick={copy} disabled={isEmpty}>
        {words.copy}
      </Button>
      <Button variant="default" onClick={save} disabled={isEmpty} loading={reads}>
        {words.download}
      </Button>
    </>
  );
}
