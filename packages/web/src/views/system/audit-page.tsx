import { Button, Menu } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { AuditRow } from '@tenuto/contract';
import { useMemo } from 'react';
import { auditFile, useAudit, useVerifyAudit } from '../../data/audit.ts';
import { now } from '../../data/clock.ts';
import { useMay } from '../../data/scopes.ts';
import { count } from '../../logic/format.ts';
import { isNarrowing } from '../../logic/strict-search.ts';
import { type AuditSearch, auditQueryOf } from '../../logic/system-search.ts';
import { useListKeys } from '../../ui/list-keys.ts';
import { Empty, Failure } from '../../ui/notice.tsx';
import { OnSight } from '../../ui/on-sight.tsx';
import { Page } from '../../ui/page.tsx';
import { Paged } from '../../ui/paged.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';
import { AUDIT_WORDS as words } from '../../words-audit.ts';
import { AuditFilters } from './audit-filters.tsx';
import { AuditLine } from './audit-line.tsx';
import { AuditVerdictCard } from './audit-verify.tsx';
import './system.css';
import './audit.css';

/** Who has changed what. */
export function AuditPage() {
  const search = useSearch({ from: '/system/audit' });
  const navigate = useNavigate();
  const may = useMay();
  const go = (next: AuditSearch) =>
    void navigate({ to: '/system/audit', search: { ...next }, replace: true });
  const verify = useVerifyAudit();
  const { row, ...filters } = search;
  const text = JSON.stringify(filters);
  // A span ends now: it is asked for anew when the filters change, not with each drawing.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text says when they change.
  const query = useMemo(() => auditQueryOf(filters, now()), [text]);
  return (
    <Page
      title={words.title}
      aside={
        <>
          <span className="grow" />
          {may('audit:read') && (
            <Button variant="default" loading={verify.isPending} onClick={() => verify.mutate()}>
              {words.verify}
            </Button>
          )}
          <Export query={query} />
        </>
      }
    >
      <SystemSections />
      {!may('audit:read') && <p className="dim">{words.own}</p>}
      {verify.error !== null && <Failure error={verify.error} again={() => verify.mutate()} />}
      {verify.data !== undefined && <AuditVerdictCard verdict={verify.data} />}
      <AuditFilters filters={filters} change={go} />
      <List
        query={query}
        isFiltered={isNarrowing(filters)}
        picked={row}
        pick={(next) => go(next === undefined ? filters : { ...filters, row: next })}
        go={go}
      />
    </Page>
  );
}

function Export({ query }: { readonly query: Readonly<Record<string, string>> }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default">{words.export}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{words.exportText}</Menu.Label>
        <Menu.Item component="a" href={auditFile(query, 'csv')} download>
          {words.asCsv}
        </Menu.Item>
        <Menu.Item component="a" href={auditFile(query, 'ndjson')} download>
          {words.asNdjson}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Says what stands where; a narrow screen has no columns. */
function AuditHead() {
  const columns = [words.at, words.actor, words.action, words.subject, words.details];
  return (
    <div className="audit-row audit-columns dim" aria-hidden="true">
      <span />
      {columns.map((column) => (
        <span key={column}>{column}</span>
      ))}
    </div>
  );
}

interface ListProps {
  readonly query: Readonly<Record<string, string>>;
  readonly isFiltered: boolean;
  readonly picked: string | undefined;
  readonly pick: (row: string | undefined) => void;
  readonly go: (next: AuditSearch) => void;
}

function List({ query, isFiltered, picked, pick, go }: ListProps) {
  const pages = useAudit(query);
  useListKeys('button.audit-row');
  const empty = isFiltered ? (
    <Empty title={words.noMatch}>
      <Button variant="default" onClick={() => go({})}>
        {words.clear}
      </Button>
    </Empty>
  ) : (
    <Empty title={words.empty} text={words.emptyText} example={words.emptyExample} />
  );
  const isEstimate = pages.data?.pages[0]?.total_is_estimate === true;
  return (
    <Paged pages={pages} empty={empty}>
      {(rows: readonly AuditRow[], total) => (
        <>
          <p className="dim">{words.found(count(total), isEstimate)}</p>
          <div className="card">
            <AuditHead />
            <ol className="audit" aria-label={words.title}>
              {rows.map((row) => (
                <AuditLine
                  key={row.audit_id}
                  row={row}
                  isOpen={row.audit_id === picked}
                  toggle={() => pick(row.audit_id === picked ? undefined : row.audit_id)}
                  only={() => go({ subject: row.subject })}
                />
              ))}
            </ol>
          </div>
          <OnSight
            act={() => {
              if (pages.hasNextPage && !pages.isFetchingNextPage) void pages.fetchNextPage();
            }}
          />
        </>
      )}
    </Paged>
  );
}
