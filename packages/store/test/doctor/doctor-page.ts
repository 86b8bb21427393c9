// `node packages/store/test/doctor/doctor-page.ts` writes docs/doctor.md from the checks.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDoctor, type DoctorCheck, type DoctorStore, INVARIANTS } from '@tenuto/engine';
import pg from 'pg';
import { createDoctorStore } from '../../src/queries/doctor/doctor-store.ts';

export const PAGE = join(import.meta.dirname, '../../../../docs/doctor.md');

const HEAD = `# Doctor

<!-- Written by packages/store/test/doctor/doctor-page.ts from the checks. Change it there, or them. -->

The doctor looks at the live store and says whether what must be true of it is true. Every check has
a name, what it means, and evidence when something is wrong; some can be repaired.

    tenuto doctor                      # every check, as a table
    tenuto doctor --deep               # looks at many more runs one by one
    tenuto doctor --check orphan_lease # only this one; may be repeated
    tenuto doctor --repair             # mends what can be mended, and looks again
    tenuto doctor --repair --dry-run   # says what would be
    tenuto doctor --json               # one document, for programs

It ends with 0 when nothing was found and with 1 when something was, a warning included. Over HTTP it
is \`GET /api/v1/doctor\` (\`deep\`, \`limit\`, \`checks\`) and \`POST /api/v1/doctor/repair\`
(\`{checks?, dry_run?, deep?}\`), both with the scope \`admin\`.

## What it looks at

All checks of one examination see one snapshot of the database (\`REPEATABLE READ\`), so what engines
do meanwhile is no finding, and none of them waits for it. Checks of runs look at a sample: of the live
runs the newest and the oldest, of those that are over the newest, 500 each; \`limit\` changes that, and
\`--deep\` means 20,000. Runs with very large graphs are left out when they would take the room of
many, and the report says how many were. Everything is found by indexes: an examination of a store
with a million runs takes less than two seconds.

**Replay** applies the journal of each sampled run again, from its first line, and compares what comes
of it with the run's row. It is what an engine does that takes a run over: a run that replay refuses
could not be taken over either.

## Repair

Repair mends what a check found, wherever a person has nothing to decide. Each change and its audit row
(\`doctor.repaired\`, by who asked for it) are one transaction; what is sound is left alone, so a second
repair changes nothing. It may run while engines work.

The tests of this project use the same doctor: after every fault that they make, and after every test
of the engine, it has to find nothing.
`;

/** The page of the documentation that lists every check, in the order in which they are told. */
export function doctorPage(): string {
  const { checks } = createDoctor(storeOfNone());
  const invariants = Object.entries(INVARIANTS).map(
    ([number, sentence]) => `| ${number} | ${cell(sentence)} |`,
  );
  return [
    HEAD,
    '## Checks',
    '',
    '| check | invariant | what is true of a sound store | when it is not | repair |',
    '|---|---|---|---|---|',
    ...checks.map(row),
    '',
    '## Invariants',
    '',
    '| | what is promised |',
    '|---|---|',
    ...invariants,
    '',
  ].join('\n');
}

function row({ name, invariant, meaning, severity, repair }: DoctorCheck): string {
  return `| \`${name}\` | ${invariant ?? ''} | ${cell(meaning)} | ${severity} | ${cell(repair ?? '')} |`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** Which checks there are does not depend on any database. */
function storeOfNone(): DoctorStore {
  const pool = new pg.Pool();
  return createDoctorStore(pool, pool);
}

if (import.meta.main) writeFileSync(PAGE, doctorPage());
