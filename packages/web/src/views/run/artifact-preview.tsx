import { Button } from '@mantine/core';
import type { Artifact } from '@tenuto/contract';
import { useEffect, useMemo, useRef } from 'react';
import { addresses, useContent } from '../../data/artifacts.ts';
import { parseCsv } from '../../logic/csv.ts';
import { count, duration } from '../../logic/format.ts';
import { parseJunit } from '../../logic/junit.ts';
import { bytes } from '../../logic/phases.ts';
import { type PreviewKind, previewOf } from '../../logic/preview-kind.ts';
import { CopyId } from '../../ui/copy-id.tsx';
import { Icon } from '../../ui/icons.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { Failure } from '../../ui/notice.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { PHASED_WORDS } from '../../words-phased.ts';
import { MarkdownView } from './markdown-view.tsx';

const words = PHASED_WORDS.artifacts;
const SECOND_MS = 1_000;
const MOST_ROWS = 200;

interface Props {
  readonly artifact: Artifact;
  readonly close: () => void;
}

/** One file: what it is, and what is in it. */
export function ArtifactPreview({ artifact, close }: Props) {
  return (
    <section className="card artifact-preview" aria-label={`${words.preview} ${artifact.path}`}>
      <header>
        <strong className="grow cut" title={artifact.path}>
          {artifact.name}
        </strong>
        <Button component="a" variant="default" href={addresses.file(artifact)} download>
          {words.download}
        </Button>
        <button type="button" className="bare-button" onClick={close} aria-label={words.close}>
          <Icon name="close" />
        </button>
      </header>
      <div className="card-body stack">
        {artifact.description !== null && <p>{artifact.description}</p>}
        <dl className="facts">
          <div>
            <dt>{words.size}</dt>
            <dd>{bytes(artifact.size_bytes)}</dd>
          </div>
          <div>
            <dt>{words.type}</dt>
            <dd>{artifact.artifact_type}</dd>
          </div>
          {artifact.node_id !== null && (
            <div>
              <dt>{words.by}</dt>
              <dd>{artifact.node_id}</dd>
            </div>
          )}
          <div>
            <dt>{words.at}</dt>
            <dd>
              <When at={artifact.created_at} />
            </dd>
          </div>
          <div>
            <dt>{words.hash}</dt>
            <dd>
              <CopyId id={artifact.sha256} />
            </dd>
          </div>
        </dl>
        <Content artifact={artifact} />
      </div>
    </section>
  );
}

function Content({ artifact }: { readonly artifact: Artifact }) {
  const { data, error, refetch } = useContent(artifact);
  if (data === undefined) {
    return error === null ? <Waiting /> : <Failure error={error} again={() => void refetch()} />;
  }
  return (
    <>
      {data.length < artifact.size_bytes && (
        <p className="dim">{words.tooLarge(bytes(artifact.size_bytes))}</p>
      )}
      <Shown artifact={artifact} content={data} />
    </>
  );
}

interface ShownProps {
  readonly artifact: Artifact;
  readonly content: Uint8Array<ArrayBuffer>;
}

function Shown({ artifact, content }: ShownProps) {
  const kind = previewOf(artifact, content);
  const text = useMemo(() => new TextDecoder().decode(content), [content]);
  if (kind === 'image') return <Picture artifact={artifact} content={content} />;
  if (kind === 'none') return <p className="dim">{words.notShown}</p>;
  return <TextShown kind={kind} text={text} label={artifact.path} />;
}

interface TextProps {
  readonly kind: Exclude<PreviewKind, 'image' | 'none'>;
  readonly text: string;
  readonly label: string;
}

function TextShown({ kind, text, label }: TextProps) {
  if (kind === 'markdown') return <MarkdownView text={text} />;
  if (kind === 'csv') return <Csv text={text} label={label} />;
  if (kind === 'junit') return <Junit text={text} label={label} />;
  return <JsonView value={text} label={label} />;
}

/** Drawn from its bytes: an address of its own would need a wider policy. */
function Picture({ artifact, content }: ShownProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const draw = async () => {
      const picture = await createImageBitmap(new Blob([content], { type: artifact.media_type }));
      const target = canvas.current;
      if (target === null) return;
      target.width = picture.width;
      target.height = picture.height;
      target.getContext('2d')?.drawImage(picture, 0, 0);
    };
    draw().catch(() => undefined);
  }, [artifact, content]);
  return <canvas ref={canvas} className="picture" role="img" aria-label={artifact.name} />;
}

function Csv({ text, label }: { readonly text: string; readonly label: string }) {
  const rows = useMemo(() => parseCsv(text, MOST_ROWS + 1), [text]);
  const [head = [], ...body] = rows;
  const cells = (row: readonly string[]) =>
    row.map((value, column) => ({ value, key: `column-${column}` }));
  const keyed = body.map((row, index) => ({ row, key: `row-${index}` }));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keys.
    <div className="table-scroll preview-rows" tabIndex={0} role="region" aria-label={label}>
      <table className="table">
        <thead>
          <tr>
            {cells(head).map(({ value, key }) => (
              <th key={key}>{value}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {keyed.map(({ row, key }) => (
            <tr key={key}>
              {cells(row).map(({ value, key: column }) => (
                <td key={column}>{value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Junit({ text, label }: { readonly text: string; readonly label: string }) {
  const tests = useMemo(() => parseJunit(text), [text]);
  if (tests.length === 0) return <JsonView value={text} label={label} />;
  const bad = tests.filter(({ status }) => status === 'failed').length;
  const shown = tests.slice(0, MOST_ROWS).map((test, index) => ({ test, key: `test-${index}` }));
  return (
    <>
      <p className="dim">{words.tests(count(tests.length), count(bad))}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keys. */}
      <div className="table-scroll preview-rows" tabIndex={0} role="region" aria-label={label}>
        <table className="table">
          <tbody>
            {shown.map(({ test, key }) => (
              <tr key={key}>
                <td>
                  <StatusMark status={test.status} bare />
                </td>
                <td>
                  {test.name} <span className="dim">{test.suite}</span>
                  {test.message !== undefined && <p className="tone-red">{test.message}</p>}
                </td>
                <td>{test.seconds !== undefined && duration(test.seconds * SECOND_MS)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
