import { Button } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { Template } from '@tenuto/contract';
import { useState } from 'react';
import { NoSuchPage } from '../../app/problems.tsx';
import { isMissing } from '../../data/query-client.ts';
import { useMay } from '../../data/scopes.ts';
import { useRemoveTemplate, useTemplate } from '../../data/templates.ts';
import { nodesOfDag } from '../../logic/dag-nodes.ts';
import { count } from '../../logic/format.ts';
import { Card } from '../../ui/card.tsx';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { DagPicture } from '../../ui/dag-picture.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { Failure } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Waiting } from '../../ui/skeleton.tsx';
import { When } from '../../ui/time.tsx';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { TEMPLATE_WORDS } from '../../words-template.ts';
import { Parameters } from './parameters.tsx';
import { MadeRuns, Versions } from './template-history.tsx';
import './templates.css';
import { VersionDiff } from './version-diff.tsx';

const words = TEMPLATE_WORDS.page;

/** One template: its graph, what it takes, its versions, what was made of it. */
export function TemplatePage() {
  const { name } = useParams({ from: '/templates/$name' });
  const { version, against } = useSearch({ from: '/templates/$name' });
  const newest = useTemplate(name);
  const wanted = useTemplate(name, version === undefined ? undefined : Number(version));
  const error = newest.error ?? wanted.error;
  if (isMissing(error)) return <NoSuchPage />;
  if (newest.data === undefined || wanted.data === undefined) {
    return error === null ? (
      <Waiting />
    ) : (
      <Failure error={error} again={() => void newest.refetch()} />
    );
  }
  return (
    <Found
      template={wanted.data}
      newest={newest.data}
      against={against === undefined ? undefined : Number(against)}
    />
  );
}

interface FoundProps {
  readonly template: Template;
  readonly newest: Template;
  readonly against: number | undefined;
}

function Found({ template, newest, against }: FoundProps) {
  const { name, version, description } = template;
  const isNewest = version === newest.version;
  const nodes = nodesOfDag(template.dag_definition);
  return (
    <Page title={name} aside={<Head template={template} isNewest={isNewest} />}>
      {!isNewest && (
        <p className="tone-amber">
          {words.earlier(version)}{' '}
          <Link to="/templates/$name" params={{ name }} className="in-text">
            {words.toNewest}
          </Link>
        </p>
      )}
      {description !== null && <p>{description}</p>}
      {against !== undefined && <VersionDiff template={template} against={against} />}
      <div className="template">
        <div className="stack">
          <Card title={words.graph} note={TEMPLATE_WORDS.nodes(nodes.length)}>
            <div className="card-body">
              <DagPicture
                nodes={nodes}
                label={TEMPLATE_WORDS.pictureOf(name, nodes.length)}
                tooLarge={TEMPLATE_WORDS.tooLarge(count(nodes.length))}
              />
            </div>
          </Card>
          <Card title={words.parameters}>
            <Parameters schema={template.params_schema} />
          </Card>
          {Object.keys(template.job).length > 0 && (
            <Card title={words.job}>
              <div className="card-body">
                <JsonView value={template.job} label={words.job} />
              </div>
            </Card>
          )}
          <Card title={words.definition}>
            <div className="card-body">
              <JsonView value={template.dag_definition} label={words.definition} />
            </div>
          </Card>
        </div>
        <div className="stack">
          <Card title={words.versions}>
            <Versions name={name} newest={newest.version} shown={version} />
          </Card>
          <Card title={words.runs}>
            <MadeRuns name={name} />
          </Card>
        </div>
      </div>
    </Page>
  );
}

interface HeadProps {
  readonly template: Template;
  readonly isNewest: boolean;
}

function Head({ template, isNewest }: HeadProps) {
  const { version, updated_at: changed, updated_by: by } = template;
  return (
    <>
      <span className="dim">
        v{version}
        {isNewest && `, ${words.inForce}`} · <When at={changed} /> · {by}
      </span>
      <span className="grow" />
      <Acts template={template} isNewest={isNewest} />
    </>
  );
}

function Acts({ template: { name, version }, template, isNewest }: HeadProps) {
  const [question, setQuestion] = useState<Question>();
  const may = useMay();
  const remove = useRemoval(template);
  if (!may('jobs:write')) return null;
  const ask = () =>
    setQuestion({
      ...{ title: words.removeTitle, text: words.removeText(name), verb: words.remove },
      ...{ danger: true, act: remove },
    });
  const at = isNewest ? {} : { version: String(version) };
  return (
    <div className="row">
      <Button
        renderRoot={(props) => <Link to="/submit" search={{ template: name, ...at }} {...props} />}
      >
        {TEMPLATE_WORDS.use}
      </Button>
      {isNewest && may('tasks:create') && (
        <Button
          variant="default"
          renderRoot={(props) => <Link to="/tasks/new" search={{ template: name }} {...props} />}
        >
          {words.schedule}
        </Button>
      )}
      <Button
        variant="default"
        renderRoot={(props) => (
          <Link to="/templates/$name/edit" params={{ name }} search={at} {...props} />
        )}
      >
        {isNewest ? words.edit : words.takeUp}
      </Button>
      {isNewest && (
        <>
          <Button
            variant="default"
            renderRoot={(props) => <Link to="/templates/new" search={{ of: name }} {...props} />}
          >
            {words.duplicate}
          </Button>
          <Button variant="default" onClick={ask}>
            {words.remove}
          </Button>
        </>
      )}
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </div>
  );
}

/** Deletes a template, and leaves its page. */
function useRemoval(template: Template): () => void {
  const navigate = useNavigate();
  const remove = useRemoveTemplate();
  return () =>
    remove.mutate(template, {
      onSuccess: () => {
        tell(words.removed);
        void navigate({ to: '/templates' });
      },
      onError: (error) => tellFailure(words.notRemoved, error),
    });
}
