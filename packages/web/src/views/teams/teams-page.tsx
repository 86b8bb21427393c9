import { Button } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Team } from '@tenuto/contract';
import { useState } from 'react';
import { useMay } from '../../data/scopes.ts';
import { useRemoveTeam, useTeams } from '../../data/teams.ts';
import { NEW } from '../../logic/open-search.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { useOpened } from '../../ui/form-state.ts';
import { Empty } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Paged } from '../../ui/paged.tsx';
import { RowMenu } from '../../ui/row-menu.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';
import { type Column, ThingTable } from '../../ui/thing-table.tsx';
import { When } from '../../ui/time.tsx';
import { tellFailure } from '../../ui/toasts.ts';
import { TEAM_WORDS as words } from '../../words-teams.ts';
import { QuotaTable } from './quota-table.tsx';
import { QuotaUse } from './quota-use.tsx';
import { TeamForm } from './team-form.tsx';

/** Who shares what, and how much each may use. */
export function TeamsPage() {
  const { open } = useSearch({ from: '/system/teams' });
  const navigate = useNavigate();
  const may = useMay();
  const isAdmin = may('admin');
  const go = (what: string) =>
    void navigate({ to: '/system/teams', search: { open: what }, replace: true });
  return (
    <Page
      title={words.title}
      aside={
        <>
          <span className="grow" />
          {isAdmin && <Button onClick={() => go(NEW)}>{words.create}</Button>}
        </>
      }
    >
      <SystemSections />
      <QuotaUse />
      {may('agents:read') && <Teams open={open} go={go} isAdmin={isAdmin} />}
      {isAdmin && <QuotaTable open={open} go={go} />}
      {isAdmin && open === NEW && <TeamForm close={() => go('')} />}
    </Page>
  );
}

const COLUMNS: readonly Column<Team>[] = [
  { head: words.name, first: true, cell: ({ name }) => name },
  { head: words.principal, cell: ({ principal }) => <code>{principal}</code> },
  { head: words.members, cell: ({ members }) => members.join(', ') },
  { head: words.description, cell: ({ description }) => description },
  { head: words.updated, cell: ({ updated_at: at }) => <When at={at} /> },
];

interface TeamsProps {
  readonly open: string | undefined;
  readonly go: (what: string) => void;
  readonly isAdmin: boolean;
}

function Teams({ open, go, isAdmin }: TeamsProps) {
  const teams = useTeams();
  const remove = useRemoveTeam();
  const [question, setQuestion] = useState<Question>();
  const ask = ({ team_id: id, name }: Team) =>
    setQuestion({
      ...{ title: words.remove, text: words.removeText(name), verb: words.remove, danger: true },
      act: () => remove.mutate(id, { onError: (error) => tellFailure(words.remove, error) }),
    });
  const known = teams.data?.pages.flatMap(({ items }) => items) ?? [];
  const edited = useOpened(known, ({ team_id: id }) => id, open);
  const actions: Column<Team> = {
    head: '',
    cell: (team) =>
      isAdmin && (
        <RowMenu
          of={team.name}
          actions={[
            { word: words.change, act: () => go(team.team_id) },
            { word: words.remove, danger: true, act: () => ask(team) },
          ]}
        />
      ),
  };
  return (
    <section className="card">
      <header>
        <h2>{words.teams}</h2>
        <span className="dim">{words.teamsText}</span>
      </header>
      <Paged
        pages={teams}
        empty={<Empty title={words.noTeams} text={words.noTeamsText} example={words.teamExample} />}
      >
        {(items) => (
          <ThingTable
            label={words.teams}
            items={items}
            keyOf={(team) => team.team_id}
            columns={[...COLUMNS, actions]}
          />
        )}
      </Paged>
      <Confirm question={question} close={() => setQuestion(undefined)} />
      {isAdmin && edited !== undefined && <TeamForm team={edited} close={() => go('')} />}
    </section>
  );
}
