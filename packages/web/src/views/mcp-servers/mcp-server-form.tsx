import {
  MCP_TRANSPORTS,
  type McpServer,
  type McpTransport,
  type WriteMcpServer,
} from '@tenuto/contract';
import { useWriteMcpServer } from '../../data/mcp-servers.ts';
import { linesOf, pairsOf, pairsText } from '../../logic/lines.ts';
import { EditorDialog } from '../../ui/editor-dialog.tsx';
import { ChoiceField, TextField } from '../../ui/fields.tsx';
import { useFormState, useSeenVersion } from '../../ui/form-state.ts';
import { thenClose } from '../../ui/toasts.ts';
import { MCP_WORDS as words } from '../../words-mcp-servers.ts';

interface Props {
  readonly server?: McpServer;
  readonly close: () => void;
}

const formOf = (server: McpServer | undefined) => ({
  name: server?.name ?? '',
  transport: server?.transport ?? ('http' as McpTransport),
  url: server?.url ?? '',
  headers: pairsText(server?.headers ?? {}),
  command: server?.command?.join('\n') ?? '',
  env: pairsText(server?.env ?? {}),
  allow: server?.tools_allow?.join('\n') ?? '',
  description: server?.description ?? null,
});
type Form = ReturnType<typeof formOf>;

function bodyOf(form: Form): WriteMcpServer {
  const { transport, description } = form;
  const allow = linesOf(form.allow);
  return {
    ...{ name: form.name.trim(), transport, description },
    tools_allow: allow.length > 0 ? allow : null,
    ...(transport === 'http'
      ? { url: form.url.trim(), headers: pairsOf(form.headers) }
      : { command: form.command.split('\n').filter(Boolean), env: pairsOf(form.env) }),
  };
}

/** Registers an MCP server, or changes all of it but its name. */
export function McpServerForm({ server, close }: Props) {
  const [form, put] = useFormState(formOf(server));
  const write = useWriteMcpServer();
  const version = useSeenVersion(server, write.error);
  const submit = () => {
    const body = bodyOf(form);
    const said = server === undefined ? words.created : words.saved;
    write.mutate(server === undefined ? { body } : { body, version }, thenClose(said, close));
  };
  return (
    <EditorDialog
      title={server === undefined ? words.create : words.edit}
      verb={server === undefined ? words.create : words.save}
      change={write}
      submit={submit}
      close={close}
    >
      {(wrong) => (
        <>
          <TextField
            {...{ label: words.name, hint: words.nameHint, value: form.name }}
            put={(name) => put({ name })}
            error={wrong.get('name')}
            disabled={server !== undefined}
            required
            first
          />
          <ChoiceField
            {...{ label: words.transport, of: MCP_TRANSPORTS, words: words.transports }}
            value={form.transport}
            pick={(transport) => put({ transport })}
          />
          {form.transport === 'http' ? (
            <HttpFields {...{ form, put, wrong }} />
          ) : (
            <StdioFields {...{ form, put, wrong }} />
          )}
          <TextField
            {...{ kind: 'lines', rows: 2, label: words.allow, hint: words.allowHint, code: true }}
            value={form.allow}
            put={(allow) => put({ allow })}
            error={wrong.get('tools_allow')}
          />
        </>
      )}
    </EditorDialog>
  );
}

interface FieldsProps {
  readonly form: Form;
  readonly put: (part: Partial<Form>) => void;
  readonly wrong: ReadonlyMap<string, string>;
}

function HttpFields({ form, put, wrong }: FieldsProps) {
  return (
    <>
      <TextField
        {...{ label: words.url, placeholder: 'https://', value: form.url }}
        put={(url) => put({ url })}
        error={wrong.get('url')}
        required
      />
      <TextField
        {...{ kind: 'lines', label: words.headers, hint: words.headersHint, code: true }}
        value={form.headers}
        put={(headers) => put({ headers })}
        error={wrong.get('headers')}
      />
    </>
  );
}

function StdioFields({ form, put, wrong }: FieldsProps) {
  return (
    <>
      <TextField
        {...{ kind: 'lines', label: words.command, hint: words.commandHint, code: true }}
        value={form.command}
        put={(command) => put({ command })}
        error={wrong.get('command')}
        required
      />
      <TextField
        {...{ kind: 'lines', label: words.env, hint: words.headersHint, code: true }}
        value={form.env}
        put={(env) => put({ env })}
        error={wrong.get('env')}
      />
    </>
  );
}
