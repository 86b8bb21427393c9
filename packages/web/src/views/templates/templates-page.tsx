import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Template } from '@tenuto/contract';
import { useMay } from '../../data/scopes.ts';
import { useTemplates, useTemplateUses } from '../../data/templates.ts';
import { nodesOfDag } from '../../logic/dag-nodes.ts';
import { count } from '../../logic/format.ts';
import { fieldOf } from '../../logic/schema-form.ts';
import { DagPicture } from '../../ui/dag-picture.tsx';
import { useListKeys } from '../../ui/list-keys.ts';
import { Empty } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Paged } from '../../ui/paged.tsx';
import { Rows } from '../../ui/rows.tsx';
import { When } from '../../ui/time.tsx';
import { TEMPLATE_WORDS as words } from '../../words-template.ts';
import './templates.css';

/** All templates: what each is, takes, and is used for. */
export function TemplatesPage() {
  const may = useMay();
  const pages = useTemplates();
  useListKeys('.template-link');
  return (
    <Page
      title={words.title}
      aside={
        <>
          <span className="grow" />
          {may('jobs:write') && (
            <Button component={Link} to="/templates/new">
              {words.create}
            </Button>
          )}
        </>
      }
    >
      <Paged
        pages={pages}
        empty={<Empty title={words.empty} text={words.emptyText} example={words.emptyExample} />}
      >
        {(templates, total) => (
          <>
            <p className="dim">{words.found(count(total))}</p>
            <div className="card table-scroll">
              <table className="table table-cards template-table">
                <thead>
                  <tr>
                    <th>{words.graph}</th>
                    <th>{words.name}</th>
                    <th>{words.parameters}</th>
                    <th>{words.version}</th>
                    <th>{words.used}</th>
                    <th />
                  </tr>
                </thead>
                <Rows items={templates}>
                  {(template) => <Row key={template.template_id} template={template} />}
                </Rows>
              </table>
            </div>
          </>
        )}
      </Paged>
    </Page>
  );
}

function Row({ template }: { readonly template: Template }) {
  const may = useMay();
  const { name, description, version, updated_at: changed } = template;
  const nodes = nodesOfDag(template.dag_definition);
  return (
    <tr>
      <td>
        <DagPicture
          nodes={nodes}
          label={words.pictureOf(name, nodes.length)}
          tooLarge={words.nodes(nodes.length)}
          small
        />
      </td>
      <td className="first">
        <Link to="/templates/$name" params={{ name }} className="template-link">
          {name}
        </Link>
        {description !== null && <p className="dim template-about">{description}</p>}
      </td>
      <td>
        <Parameters schema={template.params_schema} />
      </td>
      <td className="num">
        v{version}{' '}
        <span className="dim">
          <When at={changed} />
        </span>
      </td>
      <td className="num" data-label={words.used}>
        <Uses name={name} />
      </td>
      <td>
        {may('jobs:write') && (
          <Link to="/submit" search={{ template: name }} className="num">
            {words.use}
          </Link>
        )}
      </td>
    </tr>
  );
}

const MOST_NAMES = 4;

/** The names of the parameters; what has to be given is said. */
function Parameters({ schema }: Pick<{ schema: Template['params_schema'] }, 'schema'>) {
  const field = fieldOf(schema);
  if (field.kind !== 'group') return <span className="dim">{words.anyParams}</span>;
  if (field.fields.length === 0) return <span className="dim">{words.noParams}</span>;
  return (
    <span className="template-params">
      {field.fields.slice(0, MOST_NAMES).map(({ name, required, initial }) => (
        <span key={name}>
          <code>{name}</code>
          {required && initial === undefined && <span className="dim"> {words.required}</span>}
        </span>
      ))}
      {field.fields.length > MOST_NAMES && <span className="dim">…</span>}
    </span>
  );
}

function Uses({ name }: { readonly name: string }) {
  const { data } = useTemplateUses(name);
  if (data === undefined) return null;
  const [last] = data.items;
  if (last === undefined) return <span className="dim">{words.never}</span>;
  return (
    <>
      {words.uses(count(data.total ?? data.items.length))}{' '}
      <span className="dim">
        <When at={last.triggered_at} />
      </span>
    </>
  );
}
