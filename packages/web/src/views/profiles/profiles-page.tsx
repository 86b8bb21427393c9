import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ProfileSummary, RunView } from '@tenuto/contract';
import { useLastRuns, useProfiles } from '../../data/profiles.ts';
import { useMay } from '../../data/scopes.ts';
import { useListKeys } from '../../ui/list-keys.ts';
import { Empty } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Paged } from '../../ui/paged.tsx';
import { Rows } from '../../ui/rows.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { When } from '../../ui/time.tsx';
import { PROFILE_WORDS as words } from '../../words-profile.ts';
import { ProfilePicture } from './profile-picture.tsx';
import './profiles.css';

/** All profiles: what they consist of, and what came of them last. */
export function ProfilesPage() {
  const may = useMay()('runs:write');
  const pages = useProfiles();
  const { data: runs } = useLastRuns();
  useListKeys('.profile-link');
  return (
    <Page
      title={words.title}
      aside={
        <>
          <span className="grow" />
          {may && (
            <Button renderRoot={(props) => <Link {...props} to="/profiles/new" />}>
              {words.create}
            </Button>
          )}
        </>
      }
    >
      <p className="dim">{words.emptyText}</p>
      <Paged pages={pages} empty={<Empty title={words.empty} example={words.emptyExample} />}>
        {(profiles) => (
          <div className="card table-scroll">
            <table className="table table-cards profiles-table">
              <thead>
                <tr>
                  <th>{words.name}</th>
                  <th>{words.phases}</th>
                  <th>{words.inside}</th>
                  <th>{words.source}</th>
                  <th>{words.lastRun}</th>
                  <th>
                    <span className="hidden-word">{words.start}</span>
                  </th>
                </tr>
              </thead>
              <Rows items={profiles}>
                {(profile) => (
                  <ProfileRow
                    key={profile.profile_id ?? profile.name}
                    profile={profile}
                    run={runs?.get(profile.name)}
                    mayStart={may}
                  />
                )}
              </Rows>
            </table>
          </div>
        )}
      </Paged>
    </Page>
  );
}

interface RowProps {
  readonly profile: ProfileSummary;
  readonly run: RunView | undefined;
  readonly mayStart: boolean;
}

function ProfileRow({ profile, run, mayStart }: RowProps) {
  const { name, title, outline, source, version, updated_at: changed } = profile;
  const sum = (what: 'agents' | 'gates') => outline.reduce((all, one) => all + one[what], 0);
  return (
    <tr>
      <td className="first">
        <Link to="/profiles/$name" params={{ name }} className="profile-link">
          {title ?? name}
        </Link>
        <div className="dim">
          <code>{name}</code>
        </div>
      </td>
      <td>
        <ProfilePicture outline={outline} />
      </td>
      <td className="num dim">
        {words.phasesCount(outline.length)} · {words.agentsCount(sum('agents'))} ·{' '}
        {words.gatesCount(sum('gates'))}
      </td>
      <td>
        {words.sources[source]}
        {source === 'stored' && (
          <span className="dim num">
            {' '}
            · {words.version(version)}, <When at={changed} />
          </span>
        )}
      </td>
      <td>
        {run === undefined ? (
          <span className="dim" title={words.noRunLong}>
            {words.noRun}
          </span>
        ) : (
          <Link to="/runs/$runId" params={{ runId: run.run_id }} className="last-run">
            <StatusMark status={run.status} />
            <span className="dim">
              <When at={run.created_at} />
            </span>
          </Link>
        )}
      </td>
      <td>
        {mayStart && (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`${words.start}: ${name}`}
            renderRoot={(props) => (
              <Link {...props} to="/profiles/$name" params={{ name }} search={{ start: 'yes' }} />
            )}
          >
            {words.start}
          </Button>
        )}
      </td>
    </tr>
  );
}
