import { Button } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { McpServer } from '@tenuto/contract';
import { useState } from 'react';
import {
  useCheckMcpServer,
  useMcpServers,
  useMcpTools,
  useRemoveMcpServer,
} from '../../data/mcp-servers.ts';
import { useMay } from '../../data/scopes.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Failure } from '../../ui/notice.tsx';
import { RowMenu } from '../../ui/row-menu.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { type Column, ThingTable } from '../../ui/thing-table.tsx';
import { ThingsPage } from '../../ui/things-page.tsx';
import { When } from '../../ui/time.tsx';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { MCP_WORDS as words } from '../../words-mcp-servers.ts';
import { McpServerForm } from './mcp-server-form.tsx';

/** Servers whose tools jobs and agents use. */
export function McpServersPage() {
  const { open } = useSearch({ from: '/system/mcp-servers' });
  const navigate = useNavigate();
  const may = useMay()('jobs:write');
  const servers = useMcpServers();
  const go = (what: string) =>
    void navigate({ to: '/system/mcp-servers', search: { open: what }, replace: true });
  return (
    <ThingsPage
      {...{ words, open, go, may, pages: servers }}
      idOf={({ server_id: id }) => id}
      table={(items) => <Table servers={items} may={may} edit={go} />}
      form={(server, close) => <McpServerForm {...(server && { server })} close={close} />}
    />
  );
}

const COLUMNS: readonly Column<McpServer>[] = [
  { head: words.name, first: true, cell: ({ name }) => <code>{name}</code> },
  { head: words.transport, cell: ({ transport }) => words.transports[transport] },
  {
    head: words.where,
    cell: ({ url, command }) => <code className="cut">{url ?? command?.join(' ')}</code>,
  },
  {
    head: words.allow,
    cell: ({ tools_allow: allow }) =>
      allow === null ? <span className="dim">{words.allTools}</span> : allow.join(' '),
  },
  { head: words.owner, cell: ({ owner }) => owner },
  { head: words.updated, cell: ({ updated_at: at }) => <When at={at} /> },
];

interface TableProps {
  readonly servers: readonly McpServer[];
  readonly may: boolean;
  readonly edit: (serverId: string) => void;
}

function Table({ servers, may, edit }: TableProps) {
  const [question, setQuestion] = useState<Question>();
  const [looked, setLooked] = useState<string>();
  const remove = useRemoveMcpServer();
  const ask = (name: string) =>
    setQuestion({
      ...{ title: words.remove, text: words.removeText(name), verb: words.remove, danger: true },
      act: () => remove.mutate(name, { onError: (error) => tellFailure(words.remove, error) }),
    });
  const actionsOf = ({ server_id: id, name }: McpServer) => [
    { word: words.tools, act: () => setLooked(name) },
    ...(may
      ? [
          { word: words.change, act: () => edit(id) },
          { word: words.remove, danger: true, act: () => ask(name) },
        ]
      : []),
  ];
  const columns = [
    ...COLUMNS,
    { head: words.check, act: true, cell: ({ name }: McpServer) => <Check name={name} /> },
    {
      head: '',
      cell: (server: McpServer) => <RowMenu of={server.name} actions={actionsOf(server)} />,
    },
  ];
  return (
    <>
      <ThingTable
        label={words.title}
        items={servers}
        keyOf={(server) => server.server_id}
        columns={columns}
      />
      <Confirm question={question} close={() => setQuestion(undefined)} />
      {looked !== undefined && <Tools name={looked} close={() => setLooked(undefined)} />}
    </>
  );
}

function Check({ name }: { readonly name: string }) {
  const check = useCheckMcpServer();
  const run = () =>
    check.mutate(name, {
      onSuccess: ({ ok, tools, duration_ms: ms, error }) =>
        ok
          ? tell(words.checked(name, tools ?? 0, ms ?? 0))
          : tellFailure(words.checkFailed(name), error?.message),
      onError: (error) => tellFailure(words.checkFailed(name), error),
    });
  return (
    <Button size="compact-xs" variant="default" loading={check.isPending} onClick={run}>
      {words.check}
    </Button>
  );
}

function Tools({ name, close }: { readonly name: string; readonly close: () => void }) {
  const { data, error, refetch } = useMcpTools(name);
  return (
    <Dialog onClose={close} title={words.toolsOf(name)} size="lg">
      {data === undefined &&
        (error === null ? <Waiting /> : <Failure error={error} again={() => void refetch()} />)}
      {data?.tools.length === 0 && <p className="dim">{words.noTools}</p>}
      {data?.tools.map((tool) => (
        <p key={tool.name}>
          <code>{tool.uses}</code>
          {!tool.allowed && <span className="tone-amber"> {words.notAllowed}</span>}
          <span className="dim"> {marksOf(tool)}</span>
          <br />
          {tool.description}
        </p>
      ))}
    </Dialog>
  );
}

const MARKS = ['read_only', 'destructive', 'idempotent'] as const;

function marksOf(tool: Readonly<Record<(typeof MARKS)[number], boolean>>): string {
  return MARKS.filter((mark) => tool[mark])
    .map((mark) => words.marks[mark])
    .join(', ');
}
