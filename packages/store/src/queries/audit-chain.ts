/** SQL that looks at a stretch of the chain; the seals of it are the rows of `stretch`. */

/**
 * @param stretch SQL of the seals to look at, in no order, one after the other without a gap
 * @param before SQL of the place that the first of them follows on: `seal_no`, `to_position`, `to_id`,
 *   `hash`; without a row that is where the chain begins
 */
export function chainFaults(stretch: string, before: string): string {
  return `stretch as materialized (${stretch}),
    before as materialized (${before}),
    seals as materialized (
      select s.*, lag(s.seal_no, 1, (select seal_no from before)) over w as last_no,
        lag(s.hash, 1, (select hash from before)) over w as last_hash,
        lag(s.to_position, 1, (select to_position from before)) over w as from_position,
        lag(s.to_id, 1, (select to_id from before)) over w as from_id
      from stretch s window w as (order by s.seal_no)),
    entries as (
      select s.seal_no, encode(substr(s.entries, 48 * i + 1, 16), 'hex')::uuid as id,
        substr(s.entries, 48 * i + 17, 32) as hash
      from seals s cross join lateral generate_series(0, octet_length(s.entries) / 48 - 1) i),
    present as (
      select s.seal_no, a.audit_id as id, audit_row_hash(a) as hash
      from seals s cross join lateral (
        select a.* from audit a
        where (a.position, a.audit_id) > (s.from_position, s.from_id)
          and (a.position, a.audit_id) <= (s.to_position, s.to_id) offset 0) a),
    faults as (
      select seal_no, null::uuid as id, 'seal' as fault,
        case when seal_no <> last_no + 1 then 'Seals between ' || last_no || ' and this one are gone.'
          when previous <> last_hash then 'It does not follow on the seal before it.'
          else 'It is not what its hash says.' end as detail
      from seals
      where seal_no <> last_no + 1 or previous <> last_hash
        or hash <> audit_seal_hash(seal_no, to_position, to_id, rows, entries, previous)
      union all
      select coalesce(e.seal_no, p.seal_no), coalesce(e.id, p.id),
        case when e.id is null then 'inserted'
          when p.id is null and not exists (select from audit a where a.audit_id = e.id)
            then 'removed'
          else 'tampered' end,
        case when e.id is null then 'It was not there when its time was sealed.'
          when p.id is null then 'It was sealed and is not where it was.'
          else 'It is not as it was sealed.' end
      from entries e full join present p on p.seal_no = e.seal_no and p.id = e.id
      where e.id is null or p.id is null or e.hash <> p.hash)`;
}
