import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { AuditRow } from '@tenuto/contract';
import { briefly, type Difference, differencesOf, placeOf } from '../../logic/audit.ts';
import { pretty, shortId } from '../../logic/format.ts';
import { CopyId } from '../../ui/copy-id.tsx';
import { Icon } from '../../ui/icons.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { Exact, When } from '../../ui/time.tsx';
import { AUDIT_WORDS as words } from '../../words-audit.ts';

interface Props {
  readonly row: AuditRow;
  readonly isOpen: boolean;
  readonly toggle: () => void;
  /** Shows all changes of the same thing. */
  readonly only: () => void;
}

/** One change; opened, all that was written down about it. */
export function AuditLine({ row, isOpen, toggle, only }: Props) {
  return (
    <li data-open={isOpen}>
      <button type="button" className="audit-row" aria-expanded={isOpen} onClick={toggle}>
        <Icon name={isOpen ? 'down' : 'chevron'} />
        <span className="audit-when dim">
          <When at={row.at} />
        </span>
        <span className="audit-who cut">{row.actor}</span>
        <code className="audit-what cut">{row.action}</code>
        <code className="audit-subject dim cut">{shortId(row.subject)}</code>
        <span className="audit-brief dim cut">{briefly(row.details)}</span>
      </button>
      {isOpen && <Opened row={row} only={only} />}
    </li>
  );
}

function Opened({ row, only }: { readonly row: AuditRow; readonly only: () => void }) {
  const navigate = useNavigate();
  const place = placeOf(row.action, row.subject);
  const differences = differencesOf(row.details);
  const isEmpty = Object.keys(row.details).length === 0;
  return (
    <div className="audit-opened">
      <dl className="facts">
        <div>
          <dt>{words.at}</dt>
          <dd>
            <Exact at={row.at} />
          </dd>
        </div>
        <div>
          <dt>{words.subject}</dt>
          <dd>{row.subject === '' ? '–' : <CopyId id={row.subject} whole />}</dd>
        </div>
        {row.request_id !== null && (
          <div>
            <dt>{words.request}</dt>
            <dd>
              <CopyId id={row.request_id} />
            </dd>
          </div>
        )}
      </dl>
      <div className="row">
        {place !== undefined && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => void navigate({ to: place.to, search: place.search ?? {} })}
          >
            {words.open}
          </Button>
        )}
        {row.subject !== '' && (
          <Button size="compact-sm" variant="default" onClick={only}>
            {words.onlyThis}
          </Button>
        )}
      </div>
      {differences !== undefined && <Differences all={differences} />}
      {differences === undefined && isEmpty && <p className="dim">{words.noDetails}</p>}
      {differences === undefined && !isEmpty && (
        <JsonView value={row.details} label={words.details} />
      )}
    </div>
  );
}

function Differences({ all }: { readonly all: readonly Difference[] }) {
  return (
    <div className="table-scroll">
      <table className="table audit-differences">
        <thead>
          <tr>
            <th>{words.field}</th>
            <th>{words.before}</th>
            <th>{words.after}</th>
          </tr>
        </thead>
        <tbody>
          {all.map(({ field, before, after }) => (
            <tr key={field}>
              <td>{field}</td>
              <td>
                <del>{pretty(before)}</del>
              </td>
              <td>
                <ins>{pretty(after)}</ins>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
