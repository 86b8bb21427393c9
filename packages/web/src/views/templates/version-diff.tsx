import { Link } from '@tanstack/react-router';
import type { Template } from '@tenuto/contract';
import { useTemplate } from '../../data/templates.ts';
import { writtenTemplate } from '../../logic/written-template.ts';
import { Failure } from '../../ui/notice.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { TextDiff } from '../../ui/text-diff.tsx';
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
        <Link
          className="diff-close"
          to="/templates/$name"
          params={{ name }}
          search={({ against: _against, ...rest }) => rest}
        >
          {words.close}
        </Link>
      </header>
      {error !== null && <Failure error={error} again={() => void refetch()} />}
      {before === undefined && error === null && <Waiting />}
      {before?.version === against && (
        <TextDiff
          before={writtenTemplate(before)}
          after={writtenTemplate(template)}
          label={words.difference}
          same={words.noDifference}
        />
      )}
    </section>
  );
}
