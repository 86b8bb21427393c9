import { Button } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { Agent } from '@tenuto/contract';
import { useState } from 'react';
import { NoSuchPage } from '../../app/problems.tsx';
import { useActsOf, useAgent, useRemoveAgent, useWriteAgent } from '../../data/agents.ts';
import { isMissing } from '../../data/query-client.ts';
import { useMay, useScopes } from '../../data/scopes.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Failure } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { ScopeList } from '../../ui/scope-picker.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { ThingTable } from '../../ui/thing-table.tsx';
import { When } from '../../ui/time.tsx';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { WORDS } from '../../words.ts';
import { AGENT_WORDS as words } from '../../words-agents.ts';
import { AgentForm } from './agent-form.tsx';
import { AgentState } from './agent-state.tsx';
import { CredentialTable } from './credential-table.tsx';
import { TokenForm } from './token-form.tsx';
import { TokenTable } from './token-table.tsx';

/** One agent: what it may do, with what it signs in, and what it has done. */
export function AgentPage() {
  const { agentId } = useParams({ from: '/agents/$agentId' });
  const { data: agent, error, refetch } = useAgent(agentId);
  if (isMissing(error)) return <NoSuchPage />;
  if (agent === undefined) {
    return (
      <Page title={words.title}>
        {error === null ? <Waiting /> : <Failure error={error} again={() => void refetch()} />}
      </Page>
    );
  }
  return <Shown agent={agent} />;
}

function Shown({ agent }: { readonly agent: Agent }) {
  const { open } = useSearch({ from: '/agents/$agentId' });
  const navigate = useNavigate();
  const may = useMay();
  const params = { agentId: agent.agent_id };
  const go = (what: string) =>
    void navigate({ to: '/agents/$agentId', params, search: { open: what }, replace: true });
  const close = () => go('');
  const own = useScopes();
  const changes = may('agents:write');
  return (
    <Page
      title={agent.name}
      aside={
        <>
          <AgentState state={agent.status} />
          <span className="grow" />
          {changes && <Actions agent={agent} edit={() => go('edit')} />}
        </>
      }
    >
      {agent.description !== null && <p>{agent.description}</p>}
      <Facts agent={agent} />
      <section className="card">
        <header>
          <h2>{words.credentials}</h2>
          <span className="dim grow">{words.credentialsText}</span>
        </header>
        <CredentialTable agent={agent} may={changes} />
      </section>
      <section className="card">
        <header>
          <h2 className="grow">{words.tokens}</h2>
          {changes && (
            <Button variant="default" onClick={() => go('new-token')}>
              {words.createToken}
            </Button>
          )}
        </header>
        <TokenTable agentId={agent.agent_id} live={false} />
      </section>
      {may('audit:read') && <Acts agent={agent} />}
      {open === 'edit' && changes && (
        <AgentForm agent={agent} own={own} close={close} done={close} />
      )}
      {open === 'new-token' && changes && (
        <TokenForm own={own} agentId={agent.agent_id} close={close} />
      )}
    </Page>
  );
}

function Facts({ agent }: { readonly agent: Agent }) {
  return (
    <dl className="facts">
      <div>
        <dt>{words.principal}</dt>
        <dd>
          <code>{agent.principal}</code>
        </dd>
      </div>
      <div>
        <dt>{words.scopesHead}</dt>
        <dd>
          <ScopeList scopes={agent.scopes} />
        </dd>
      </div>
      <div>
        <dt>{words.owner}</dt>
        <dd>{agent.owner}</dd>
      </div>
      <div>
        <dt>{words.seen}</dt>
        <dd>
          <When at={agent.last_seen_at} />
        </dd>
      </div>
      <div>
        <dt>Id</dt>
        <dd>
          <CopyId id={agent.agent_id} />
        </dd>
      </div>
    </dl>
  );
}

function Actions({ agent, edit }: { readonly agent: Agent; readonly edit: () => void }) {
  const [question, setQuestion] = useState<Question>();
  const navigate = useNavigate();
  const write = useWriteAgent();
  const remove = useRemoveAgent();
  const { agent_id: agentId, name, scopes, description, webhook_url: webhook, version } = agent;
  const isActive = agent.status === 'active';
  const turn = () =>
    write.mutate(
      {
        ...{ agentId, version },
        body: {
          ...{ name, scopes, description, webhook_url: webhook },
          status: isActive ? 'disabled' : 'active',
        },
      },
      { onError: (error) => tellFailure(words.disable, error) },
    );
  const verb = isActive ? words.disable : words.enable;
  const askTurn = () =>
    isActive
      ? setQuestion({ title: verb, text: words.disableText(name), verb, danger: true, act: turn })
      : turn();
  const askRemove = () =>
    setQuestion({
      ...{ title: words.remove, text: words.removeText(name), verb: words.remove, danger: true },
      act: () =>
        remove.mutate(agentId, {
          onSuccess: () => {
            tell(words.removed);
            void navigate({ to: '/agents' });
          },
          onError: (error) => tellFailure(words.remove, error),
        }),
    });
  return (
    <>
      <Button variant="default" onClick={edit}>
        {WORDS.editor.edit}
      </Button>
      <Button variant="default" onClick={askTurn} loading={write.isPending}>
        {verb}
      </Button>
      {!agent.protected && (
        <Button variant="default" color="red" onClick={askRemove} loading={remove.isPending}>
          {words.remove}
        </Button>
      )}
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}

function Acts({ agent }: { readonly agent: Agent }) {
  const { data } = useActsOf(agent.principal, true);
  return (
    <section className="card">
      <header>
        <h2>{words.acts}</h2>
      </header>
      {data?.items.length === 0 && <p className="card-body dim">{words.noActs}</p>}
      {data !== undefined && data.items.length > 0 && (
        <ThingTable
          label={words.acts}
          items={data.items}
          keyOf={(row) => row.audit_id}
          columns={[
            { head: words.at, cell: (row) => <When at={row.at} /> },
            { head: words.action, first: true, cell: (row) => row.action },
            { head: words.subject, cell: (row) => <code>{row.subject}</code> },
          ]}
        />
      )}
    </section>
  );
}
