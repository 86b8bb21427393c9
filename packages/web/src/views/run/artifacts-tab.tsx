import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type Artifact, NO_PHASE, type RunDetail } from '@tenuto/contract';
import { useState } from 'react';
import { addresses, useArtifacts } from '../../data/artifacts.ts';
import { count } from '../../logic/format.ts';
import { bytes } from '../../logic/phases.ts';
import { Empty, Failure } from '../../ui/notice.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { PHASED_WORDS } from '../../words-phased.ts';
import { ArtifactPreview } from './artifact-preview.tsx';
import './phased.css';

const words = PHASED_WORDS.artifacts;
const TYPING_MS = 250;

interface Props {
  readonly run: RunDetail;
  /** The id of the file that is looked into. */
  readonly file: string | undefined;
  readonly open: (artifactId: string | undefined) => void;
}

/** What a run has left, by phase, with a look into each file. */
export function ArtifactsTab({ run, file, open }: Props) {
  const [typed, setTyped] = useState('');
  const [path] = useDebouncedValue(typed.trim(), TYPING_MS);
  const filter = path === '' ? {} : { path: /[*?]|\/$/.test(path) ? path : `${path}*` };
  return (
    <div className="stack">
      <div className="row">
        <TextInput
          className="files-filter"
          type="search"
          aria-label={words.filter}
          placeholder={words.filter}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          data-search
        />
        <span className="grow" />
        <Button component="a" variant="default" href={addresses.zip(run.run_id)} download>
          {words.all}
        </Button>
      </div>
      <ArtifactFiles run={run} filter={filter} file={file} open={open} />
    </div>
  );
}

interface FilesProps {
  readonly run: RunDetail;
  readonly filter: { readonly phase?: string; readonly path?: string };
  readonly file: string | undefined;
  readonly open: (artifactId: string | undefined) => void;
}

/** Files beside a look into one of them. */
export function ArtifactFiles({ run, filter, file, open }: FilesProps) {
  const runId = run.run_id;
  const { data, error, refetch, hasNextPage, fetchNextPage } = useArtifacts(runId, filter);
  if (data === undefined) {
    return error === null ? <Waiting /> : <Failure error={error} again={() => void refetch()} />;
  }
  const [first] = data.pages;
  const phases = byPhase(data.pages.flatMap((page) => Object.entries(page.artifacts_by_phase)));
  if (phases.size === 0) return <Empty title={words.empty} text={words.emptyText} />;
  const picked = [...phases.values()].flat().find(({ artifact_id: id }) => id === file);
  return (
    <div className={picked === undefined ? '' : 'files-split'}>
      <div className="stack">
        <p className="dim">
          {words.total(count(first?.total_count ?? 0), bytes(first?.total_bytes ?? 0))}
        </p>
        {inOrder(phases, run).map(([phase, files]) => (
          <PhaseFiles key={phase} {...{ runId, phase, files, file, open }} />
        ))}
        {hasNextPage && (
          <Button variant="default" onClick={() => void fetchNextPage()}>
            {words.more}
          </Button>
        )}
      </div>
      {picked !== undefined && (
        <ArtifactPreview key={picked.artifact_id} artifact={picked} close={() => open(undefined)} />
      )}
    </div>
  );
}

interface PhaseProps {
  readonly runId: string;
  readonly phase: string;
  readonly files: readonly Artifact[];
  readonly file: string | undefined;
  readonly open: (artifactId: string | undefined) => void;
}

function PhaseFiles({ runId, phase, files, file, open }: PhaseProps) {
  return (
    <section className="card">
      <header>
        <h2 className="grow">{phase === NO_PHASE ? words.noPhase : phase}</h2>
        <a href={addresses.zip(runId, phase)} download aria-label={words.allOf(phase)}>
          {words.zip}
        </a>
      </header>
      <ul className="files">
        {files.map((artifact) => (
          <li key={artifact.artifact_id}>
            <button
              type="button"
              className="link grow cut"
              title={artifact.path}
              aria-pressed={artifact.artifact_id === file}
              onClick={() => open(artifact.artifact_id)}
            >
              {artifact.path.replace(`artifacts/${phase}/`, '')}
            </button>
            <span className="dim">{artifact.artifact_type}</span>
            <span className="num dim">{bytes(artifact.size_bytes)}</span>
            <a
              href={addresses.file(artifact)}
              download
              aria-label={`${words.download} ${artifact.path}`}
            >
              {words.download}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function byPhase(
  entries: readonly (readonly [string, readonly Artifact[]])[],
): ReadonlyMap<string, readonly Artifact[]> {
  const phases = new Map<string, readonly Artifact[]>();
  for (const [phase, files] of entries) {
    phases.set(phase, [...(phases.get(phase) ?? []), ...files]);
  }
  return phases;
}

/** In the order of the phases, what belongs to none behind them. */
function inOrder(files: ReadonlyMap<string, readonly Artifact[]>, { phases }: RunDetail) {
  const at = (phase: string) => {
    const index = phases.findIndex((one) => one.phase === phase);
    return index < 0 ? phases.length : index;
  };
  return [...files].toSorted(([one], [other]) => at(one) - at(other));
}
