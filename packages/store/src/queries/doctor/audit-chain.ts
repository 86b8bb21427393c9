import { GENESIS } from '@tenuto/engine';
import { chainFaults } from '../audit-chain.ts';
import type { Check } from './check.ts';

/** Rows looked at for each seal that is: seals hold up to a thousand, and most hold few. */
const ROWS_A_SEAL = 200;

export const auditChain: Check = {
  name: 'audit_chain',
  invariant: 23,
  meaning:
    'The newest seals of the audit follow on each other, and their rows are as they were sealed.',
  severity: 'error',
  find: ({ rows }) => `
    with ${chainFaults(
      `select * from audit_seals order by seal_no desc limit ${rows()} / ${ROWS_A_SEAL} + 1`,
      `(select s.seal_no, s.to_position, s.to_id, s.hash from audit_seals s
         where s.seal_no < (select min(seal_no) from stretch) order by s.seal_no desc limit 1)
       union all select ${GENESIS.sealNo}, ${GENESIS.toPosition}, '${GENESIS.toId}',
         decode('${GENESIS.hash}', 'hex')
       order by 1 desc limit 1`,
    )}
    select coalesce(id::text, 'seal ' || seal_no) as subject, fault || ': ' || detail as detail
    from faults`,
};
