import { Select, Textarea, TextInput } from '@mantine/core';
import { MCP_TRANSPORTS, type McpServer, type McpTransport } from '@tenuto/contract';
import { useWriteMcpServer } from '../../data/mcp-servers.ts';
import { fieldErrors } from '../../logic/field-errors.ts';
import { linesOf, pairsOf, pairsText } from '../../logic/lines.ts';
import { EditorDialog } from '../../ui/editor-dialog.tsx';
import { useFormState } from '../../ui/form-state.ts';
import { tell } from '../../ui/toasts.ts';
import { MCP_WORDS as words } from '../../words-mcp-servers.ts';

interface Props {
  readonly server?: McpServer;
  readonly close: () => void;
}

/** Registers an MCP server, or changes all of it but its name. */
export function McpServerForm({ server, close }: Props) {
  const [form, put] = useFormState({
    name: server?.name ?? '',
    transport: server?.transport ?? ('http' as McpTransport),
    url: server?.url ?? '',
    headers: pairsText(server?.headers ?? {}),
    command: server?.command?.join('\n') ?? '',
    env: pairsText(server?.env ?? {}),
    allow: server?.tools_allow?.join('\n') ?? '',
    description: server?.description ?? '',
  });
  const write = useWriteMcpServer();
  const wrong = fieldErrors(write.error);
  const submit = () => {
    const allow = linesOf(form.allow);
    const body = {
      ...{ name: form.name.trim(), transport: form.transport },
      description: form.description.trim() || null,
      tools_allow: allow.length > 0 ? allow : null,
      ...(form.transport === 'http'
        ? { url: form.url.trim(), headers: pairsOf(form.headers) }
        : { command: form.command.split('\n').filter(Boolean), env: pairsOf(form.env) }),
    };
    write.mutate(server === undefined ? { body } : { body, version: server.version }, {
      onSuccess: () => {
        tell(server === undefined ? words.created : words.saved);
        close();
      },
    });
  };
  return (
    <EditorDialog
      title={server === undefined ? words.create : words.edit}
      verb={server === undefined ? words.create : words.save}
      isPending={write.isPending}
      error={write.error}
      submit={submit}
      close={close}
    >
      <TextInput
        label={words.name}
        description={words.nameHint}
        value={form.name}
        onChange={(event) => put({ name: event.currentTarget.value })}
        error={wrong.get('name')}
        disabled={server !== undefined}
        required
        withAsterisk={false}
        data-autofocus
      />
      <Select
        label={words.transport}
        data={MCP_TRANSPORTS.map((value) => ({ value, label: words.transports[value] }))}
        value={form.transport}
        onChange={(value) =>
          put({ transport: MCP_TRANSPORTS.find((one) => one === value) ?? 'http' })
        }
        allowDeselect={false}
      />
      {form.transport === 'http' ? (
        <>
          <TextInput
            label={words.url}
            placeholder="https://"
            value={form.url}
            onChange={(event) => put({ url: event.currentTarget.value })}
            error={wrong.get('url')}
            required
            withAsterisk={false}
          />
          <Textarea
            label={words.headers}
            description={words.headersHint}
            value={form.headers}
            onChange={(event) => put({ headers: event.currentTarget.value })}
            classNames={{ input: 'code-input' }}
            error={wrong.get('headers')}
            rows={3}
          />
        </>
      ) : (
        <>
          <Textarea
            label={words.command}
            description={words.commandHint}
            value={form.command}
            onChange={(event) => put({ command: event.currentTarget.value })}
            classNames={{ input: 'code-input' }}
            error={wrong.get('command')}
            rows={3}
            required
            withAsterisk={false}
          />
          <Textarea
            label={words.env}
            description={words.headersHint}
            value={form.env}
            onChange={(event) => put({ env: event.currentTarget.value })}
            classNames={{ input: 'code-input' }}
            error={wrong.get('env')}
            rows={3}
          />
        </>
      )}
      <Textarea
        label={words.allow}
        description={words.allowHint}
        value={form.allow}
        onChange={(event) => put({ allow: event.currentTarget.value })}
        classNames={{ input: 'code-input' }}
        error={wrong.get('tools_allow')}
        rows={2}
      />
    </EditorDialog>
  );
}
