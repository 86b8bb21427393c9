import { Button, Select } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { DELIVERY_STATES, type Delivery, type DeliveryState } from '@tenuto/contract';
import { useDeliveries, useRedeliver } from '../../data/notifications.ts';
import { shortId } from '../../logic/format.ts';
import { readOpenSearch } from '../../logic/open-search.ts';
import { Paged } from '../../ui/paged.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { type Column, ThingTable } from '../../ui/thing-table.tsx';
import { When } from '../../ui/time.tsx';
import { tellFailure } from '../../ui/toasts.ts';
import { NOTICE_WORDS as words } from '../../words-notifications.ts';
import type { PartProps } from './part.ts';

/** What became of messages. */
export function Deliveries({ may, search, go }: PartProps) {
  const state = DELIVERY_STATES.find((one) => one === search.status);
  const deliveries = useDeliveries(state === undefined ? {} : { status: [state] });
  return (
    <section className="card">
      <header>
        <h2>{words.deliveries}</h2>
        <span className="dim grow">{words.deliveriesText}</span>
        <Select
          aria-label={words.state}
          placeholder={words.allStates}
          data={DELIVERY_STATES.map((value) => ({ value, label: wordOf(value) }))}
          value={state ?? null}
          onChange={(status) => go(readOpenSearch({ ...search, status }))}
          clearable
          w={140}
        />
      </header>
      <Paged pages={deliveries} empty={<p className="card-body dim">{words.noDeliveries}</p>}>
        {(items) => (
          <ThingTable
            label={words.deliveries}
            items={items}
            keyOf={(delivery) => delivery.delivery_id}
            columns={[
              ...COLUMNS,
              {
                head: '',
                cell: (delivery) =>
                  may && delivery.ended_at !== null ? <Again delivery={delivery} /> : null,
              },
            ]}
          />
        )}
      </Paged>
    </section>
  );
}

const SIGNS = { pending: 'running', delivered: 'completed', failed: 'failed' } as const;

function wordOf(state: DeliveryState): string {
  return words.outcomes[state];
}

const COLUMNS: readonly Column<Delivery>[] = [
  {
    head: words.state,
    cell: ({ state }) => (
      <span className="row">
        <StatusMark status={SIGNS[state]} bare />
        {wordOf(state)}
      </span>
    ),
  },
  { head: words.event, first: true, cell: ({ event }) => event },
  { head: words.channel, cell: ({ channel, to }) => <code>{channel ?? to.join(' ')}</code> },
  {
    head: words.run,
    cell: ({ run_id: runId }) =>
      runId === null ? null : (
        <Link to="/runs/$runId" params={{ runId }}>
          <code>{shortId(runId)}</code>
        </Link>
      ),
  },
  {
    ...{ head: words.tries, num: true },
    cell: ({ attempts_made: made, attempts_most: most }) => words.attempts(made, most),
  },
  {
    head: words.answer,
    cell: ({ last_error: error, last_status: status }) => error?.message ?? status,
  },
  { head: words.at, cell: ({ created_at: at }) => <When at={at} /> },
];

function Again({ delivery }: { readonly delivery: Delivery }) {
  const redeliver = useRedeliver();
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={redeliver.isPending}
      onClick={() =>
        redeliver.mutate(delivery.delivery_id, {
          onError: (error) => tellFailure(words.again, error),
        })
      }
    >
      {words.again}
    </Button>
  );
}
