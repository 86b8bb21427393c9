import { Button, Select, Switch } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { AGENT_STATES, type Agent } from '@tenuto/contract';
import { useState } from 'react';
import { useAgents } from '../../data/agents.ts';
import { useMay, usePrincipal, useScopes } from '../../data/scopes.ts';
import { NEW, type OpenSearch, readOpenSearch } from '../../logic/open-search.ts';
import { FilterField } from '../../ui/filter-field.tsx';
import { useListKeys } from '../../ui/list-keys.ts';
import { Empty } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Paged } from '../../ui/paged.tsx';
import { ScopeList } from '../../ui/scope-picker.tsx';
import { type Column, ThingTable } from '../../ui/thing-table.tsx';
import { When } from '../../ui/time.tsx';
import { WORDS } from '../../words.ts';
import { AGENT_WORDS as words } from '../../words-agents.ts';
import { AgentForm } from './agent-form.tsx';
import { AgentState } from './agent-state.tsx';
import { TokenForm } from './token-form.tsx';
import { TokenTable } from './token-table.tsx';
import './agents.css';

const NEW_TOKEN = 'new-token';

/** Who may call the API besides people, and with what. */
export function AgentsPage() {
  const search = useSearch({ from: '/agents' });
  const navigate = useNavigate();
  const may = useMay();
  const me = usePrincipal();
  const go = (next: OpenSearch) => void navigate({ to: '/agents', search: next, replace: true });
  const open = (what: string) => go({ ...search, open: what });
  const close = () => go({ ...search, open: '' });
  const own = useScopes();
  return (
    <Page
      title={words.title}
      aside={
        <>
          <span className="dim agents-me">{words.meAs(me)}</span>
          {may('agents:write') && (
            <>
              <Button variant="default" onClick={() => open(NEW_TOKEN)}>
                {words.createToken}
              </Button>
              <Button onClick={() => open(NEW)}>{words.create}</Button>
            </>
          )}
        </>
      }
    >
      {may('agents:read') && <Agents search={search} go={go} />}
      {may('agents:read') && <Tokens />}
      {search.open === NEW && (
        <AgentForm
          own={own}
          close={close}
          done={({ agent_id: agentId }) =>
            void navigate({ to: '/agents/$agentId', params: { agentId }, ignoreBlocker: true })
          }
        />
      )}
      {search.open === NEW_TOKEN && <TokenForm own={own} close={close} />}
    </Page>
  );
}

const COLUMNS: readonly Column<Agent>[] = [
  {
    ...{ head: words.name, first: true },
    cell: ({ agent_id: agentId, name }) => (
      <Link to="/agents/$agentId" params={{ agentId }} className="agent-link">
        {name}
      </Link>
    ),
  },
  { head: words.state, cell: ({ status }) => <AgentState state={status} /> },
  { head: words.scopesHead, cell: ({ scopes }) => <ScopeList scopes={scopes} /> },
  { head: words.owner, cell: ({ owner }) => owner },
  { head: words.seen, cell: ({ last_seen_at: at }) => <When at={at} /> },
];

interface AgentsProps {
  readonly search: OpenSearch;
  readonly go: (next: OpenSearch) => void;
}

function Agents({ search, go }: AgentsProps) {
  const status = AGENT_STATES.find((state) => state === search.status);
  const agents = useAgents({
    ...(search.name !== undefined && { name: search.name }),
    ...(status !== undefined && { status }),
  });
  useListKeys('.agent-link');
  const isFiltered = search.name !== undefined || status !== undefined;
  return (
    <section className="card">
      <header>
        <h2>{words.agents}</h2>
        <span className="dim grow">{words.agentsText}</span>
        <FilterField
          label={words.nameSearch}
          value={search.name ?? ''}
          put={(name) => go(readOpenSearch({ ...search, name }))}
          isSearch
        />
        <Select
          aria-label={words.state}
          placeholder={words.allStates}
          data={AGENT_STATES.map((value) => ({ value, label: words.states[value] }))}
          value={status ?? null}
          onChange={(value) => go(readOpenSearch({ ...search, status: value }))}
          clearable
          w={130}
        />
      </header>
      <Paged
        pages={agents}
        empty={
          isFiltered ? (
            <Empty title={WORDS.editor.noMatch}>
              <Button variant="default" onClick={() => go({})}>
                {WORDS.editor.clear}
              </Button>
            </Empty>
          ) : (
            <Empty title={words.empty} text={words.emptyText} example={words.emptyExample} />
          )
        }
      >
        {(items) => (
          <ThingTable
            label={words.agents}
            items={items}
            keyOf={(agent) => agent.agent_id}
            columns={COLUMNS}
          />
        )}
      </Paged>
    </section>
  );
}

function Tokens() {
  const [live, setLive] = useState(true);
  return (
    <section className="card">
      <header>
        <h2>{words.tokens}</h2>
        <span className="dim grow">{words.tokensText}</span>
        <Switch
          label={words.liveOnly}
          checked={live}
          onChange={(event) => setLive(event.currentTarget.checked)}
        />
      </header>
      <TokenTable live={live} />
    </section>
  );
}
