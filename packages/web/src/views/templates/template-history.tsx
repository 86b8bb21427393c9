import { Link } from '@tanstack/react-router';
import { useTemplateUses, useTemplateVersions } from '../../data/templates.ts';
import { Failure } from '../../ui/notice.tsx';
import { Paged } from '../../ui/paged.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { TEMPLATE_WORDS } from '../../words-template.ts';

const words = TEMPLATE_WORDS.page;

interface VersionsProps {
  readonly name: string;
  readonly newest: number;
  readonly shown: number;
}

/** The versions of a template, and the way to what differs between two. */
export function Versions({ name, newest, shown }: VersionsProps) {
  const pages = useTemplateVersions(name);
  const searchFor = (version: number) => (version === newest ? {} : { version: String(version) });
  return (
    <Paged pages={pages} empty={null}>
      {(versions) => (
        <ol className="template-rows">
          {versions.map(({ version, updated_at: changed, updated_by: by }) => (
            <li key={version} aria-current={version === shown}>
              <Link to="/templates/$name" params={{ name }} search={searchFor(version)}>
                v{version}
              </Link>
              <span className="dim grow">
                <When at={changed} /> · {by}
              </span>
              {version > 1 && (
                <Link
                  to="/templates/$name"
                  params={{ name }}
                  search={{ ...searchFor(version), against: String(version - 1) }}
                  title={words.differenceOf(version - 1, version)}
                >
                  {words.difference}
                </Link>
              )}
            </li>
          ))}
        </ol>
      )}
    </Paged>
  );
}

/** The last runs that were made of a template. */
export function MadeRuns({ name }: { readonly name: string }) {
  const { data, error, refetch } = useTemplateUses(name);
  if (data === undefined) {
    if (error === null) return <Waiting rows={2} />;
    return <Failure error={error} again={() => void refetch()} />;
  }
  if (data.items.length === 0) return <p className="card-body dim">{words.noRuns}</p>;
  return (
    <ol className="template-rows">
      {data.items.map(({ job_id: runId, job_name: title, status, triggered_at: made }) => (
        <li key={runId}>
          <StatusMark status={status} bare />
          <Link to="/runs/$runId" params={{ runId }} className="grow cut">
            {title}
          </Link>
          <span className="dim">
            <When at={made} />
          </span>
        </li>
      ))}
    </ol>
  );
}
