import { Link } from '@tanstack/react-router';
import type { Template } from '@tenuto/contract';
import { useMemo } from 'react';
import { useTemplate } from '../../data/templates.ts';
import { diffOf, folded } from '../../logic/text-diff.ts';
import { writtenTemplate } from '../../logic/written-template.ts';
import { Failure } from '../../ui/notice.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { TEMPLATE_WORDS } from '../../words-template.ts';

const words = TEMPLATE_WORDS.page;

interface Props {
  readonly template: Template;
  readonly against: number;
}

/** What has changed from an earlier version to the one that is looked at. */
export function VersionDiff({ template, against }: Props) {
  const { name, version } = template;
  const { data: before, error, refetch } = useTemplate(name, against);
  return (
    <section className="card" aria-label={words.difference}>
      <header>
        <h2>{words.differenceOf(against, version)}</h2>
        <span className="grow" />
        <Link
          to="/templates/$name"
          params={{ name }}
          search={({ against: _against, ...rest }) => rest}
        >
          {words.close}
        </Link>
      </header>
      {error !== null && <Failure error={error} again={() => void refetch()} />}
      {before === undefined && error === null && <Waiting />}
      {before?.version === against && <Lines before={before} after={template} />}
    </section>
  );
}

const SIGNS = { same: ' ', added: '+', removed: '−' } as const;

function Lines({ before, after }: { readonly before: Template; readonly after: Template }) {
  const lines = useMemo(
    () => diffOf(writtenTemplate(before), writtenTemplate(after)),
    [before, after],
  );
  if (lines.every(({ kind }) => kind === 'same')) {
    return <p className="card-body dim">{words.noDifference}</p>;
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keys.
    <div className="diff" tabIndex={0} role="region" aria-label={words.difference}>
      {folded(lines).map((line, at) =>
        line.kind === 'fold' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no names.
          <div key={at} className="diff-fold">
            {words.unchanged(line.lines)}
          </div>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no names.
          <div key={at} className={`diff-line diff-${line.kind}`}>
            <span className="diff-number">{line.before}</span>
            <span className="diff-number">{line.after}</span>
            <span className="diff-sign">{SIGNS[line.kind]}</span>
            <span className="diff-text">{line.text}</span>
          </div>
        ),
      )}
    </div>
  );
}
