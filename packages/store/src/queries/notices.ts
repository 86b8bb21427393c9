/**
 * The outbox. Whoever changes a state that somebody may want to hear of adds {@link noticePart} to
 * the statement of the change: the row is written with it or not at all, and not at all when nobody
 * has a route for it, which costs two looks into small indexes.
 */

/** SQL expressions; `changed` names the common table expression with the changed rows. */
interface NoticeSource {
  readonly changed: string;
  readonly event: string;
  /** The owner of what changed; `null::text` when it is nobody's own. */
  readonly owner: string;
  readonly runId?: string;
  /** Of type jsonb: becomes the `data` of the message. Text from outside must be jsonb already. */
  readonly payload: string;
}

/** The part of a statement that tells of each row in `changed`, if anybody wants to hear of it. */
export function noticePart(source: NoticeSource): string {
  const { changed, event, owner, runId = 'null::uuid', payload } = source;
  return `insert into notices (owner, event, run_id, payload)
    select ${owner}, ${event}, ${runId}, ${payload} from ${changed}
    where ${isWanted({ owner, event })}`;
}

/** The condition that some route is for this event of this owner; tags are looked at later. */
function isWanted({ owner, event }: Pick<NoticeSource, 'owner' | 'event'>): string {
  return `(exists (select from notice_routes o where o.owner = ${owner} and ${event} = any(o.events))
    or exists (select from notice_routes o where o.everyone and ${event} = any(o.events)))`;
}
