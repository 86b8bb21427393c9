import { AUDIT_FORMATS, type AuditVerdict } from '@tenuto/contract';
import { EXIT } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { tableLines } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/text.ts';
import type { Command } from './command.ts';
import { facts, PAGE, readCount, showList } from './listing.ts';

interface Filter {
  readonly actor?: string;
  readonly action?: string;
  readonly subject?: string;
  readonly from?: string;
  readonly to?: string;
}

function filterOf({ actor, action, subject, from, to }: Filter): Filter {
  return {
    ...(actor !== undefined && { actor }),
    ...(action !== undefined && { action }),
    ...(subject !== undefined && { subject }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

/** `tenuto audit list`: newest first. */
export const listAudit: Command<[options: Filter & { readonly limit: string }]> = async (
  session,
  { limit: written, ...filter },
) => {
  const limit = readCount(written);
  const listing = session.client().audit.list({
    ...{ ...filterOf(filter), limit: Math.min(limit, PAGE) },
  });
  return showList(session, { listing, limit }, (rows) =>
    tableLines(
      ['AT', 'ACTOR', 'ACTION', 'SUBJECT', 'DETAILS'],
      rows.map((row) => [
        row.at,
        truncate(printable(row.actor), 30),
        row.action,
        truncate(printable(row.subject), 40),
        truncate(printable(JSON.stringify(row.details)), 60),
      ]),
    ),
  );
};

/** `tenuto audit export`: oldest first, as it comes. */
export const exportAudit: Command<[options: Filter & { readonly format: string }]> = async (
  { io, client },
  { format: written, ...filter },
) => {
  const format = AUDIT_FORMATS.find((one) => one === written);
  if (format === undefined) {
    const known = AUDIT_FORMATS.join(' or ');
    throw new UsageError(`A format is ${known}; not "${printable(written)}".`);
  }
  for await (const piece of client().audit.export({ ...filterOf(filter), format })) {
    io.stdout.write(piece);
  }
  return EXIT.ok;
};

/** `tenuto audit verify`: ends with 1 when anything is wrong. */
export const verifyAudit: Command<[options: { readonly known?: string }]> = async (
  { output, client },
  { known },
) => {
  const verdict = await client().audit.verify(known);
  output.result(verdict, () => verdictLines(verdict));
  return verdict.valid ? EXIT.ok : EXIT.unsound;
};

function verdictLines(verdict: AuditVerdict): readonly string[] {
  const { findings, findings_total: total } = verdict;
  return [
    verdict.valid
      ? 'The audit is as it was sealed.'
      : `${total} ${total === 1 ? 'thing is' : 'things are'} wrong with the audit.`,
    ...facts([
      ['rows', `${verdict.rows} in ${verdict.seals} seals`],
      ['unsealed', verdict.unsealed === 0 ? '' : String(verdict.unsealed)],
      ['head', verdict.head ?? ''],
    ]),
    ...(findings.length === 0 ? [] : ['']),
    ...tableLines(
      ['FAULT', 'SEAL', 'ROW', 'DETAIL'],
      findings.map((one) => [one.fault, String(one.seal), one.audit_id ?? '', one.detail]),
    ).slice(findings.length === 0 ? 1 : 0),
  ];
}
