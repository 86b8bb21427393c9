import { Button } from '@mantine/core';
import type { Price } from '@tenuto/contract';
import { useState } from 'react';
import { usePrices, useRemovePrice } from '../../data/money.ts';
import { useMay } from '../../data/scopes.ts';
import { type OpenSearch, readOpenSearch } from '../../logic/open-search.ts';
import { usd } from '../../logic/phases.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { FilterField } from '../../ui/filter-field.tsx';
import { Paged } from '../../ui/paged.tsx';
import { RowMenu } from '../../ui/row-menu.tsx';
import { type Column, NoValue, ThingTable } from '../../ui/thing-table.tsx';
import { Exact } from '../../ui/time.tsx';
import { tellFailure } from '../../ui/toasts.ts';
import { MONEY_WORDS as words } from '../../words-money.ts';
import { PriceForm } from './price-form.tsx';

const NEW_PRICE = 'new-price';

interface Props {
  readonly search: OpenSearch;
  readonly go: (next: OpenSearch) => void;
}

/** What tokens of models cost, and from when on. */
export function Prices({ search, go }: Props) {
  const isAdmin = useMay()('admin');
  const { name } = search;
  const prices = usePrices(name === undefined ? {} : { model: name });
  const open = (what: string) => go({ ...search, open: what });
  return (
    <section className="card">
      <header>
        <h2>{words.prices}</h2>
        <span className="dim grow">{words.pricesText}</span>
        <FilterField
          label={words.modelSearch}
          value={name ?? ''}
          put={(model) => go(readOpenSearch({ ...search, name: model }))}
          w={270}
        />
        {isAdmin && (
          <Button variant="default" onClick={() => open(NEW_PRICE)}>
            {words.createPrice}
          </Button>
        )}
      </header>
      <Paged pages={prices} empty={<p className="card-body dim">{words.noPrices}</p>}>
        {(items) => <Table prices={items} isAdmin={isAdmin} />}
      </Paged>
      {isAdmin && search.open === NEW_PRICE && <PriceForm close={() => open('')} />}
    </section>
  );
}

const COLUMNS: readonly Column<Price>[] = [
  { head: words.model, first: true, cell: ({ model }) => <code>{model}</code> },
  { head: words.input, num: true, cell: (price) => usd(price.input_usd_per_mtok) },
  { head: words.cached, num: true, cell: (price) => rate(price.cached_input_usd_per_mtok) },
  { head: words.output, num: true, cell: (price) => usd(price.output_usd_per_mtok) },
  { head: words.reasoning, num: true, cell: (price) => rate(price.reasoning_usd_per_mtok) },
  { head: words.from, cell: ({ effective_from: at }) => <Exact at={at} /> },
];

function rate(value: number | null) {
  return value === null ? <NoValue /> : usd(value);
}

function Table({
  prices,
  isAdmin,
}: {
  readonly prices: readonly Price[];
  readonly isAdmin: boolean;
}) {
  const [question, setQuestion] = useState<Question>();
  const remove = useRemovePrice();
  const ask = ({ price_id: id, model }: Price) =>
    setQuestion({
      ...{ title: words.remove, text: words.removePriceText(model), verb: words.remove },
      danger: true,
      act: () => remove.mutate(id, { onError: (error) => tellFailure(words.remove, error) }),
    });
  const actions: Column<Price> = {
    head: '',
    cell: (price) =>
      price.shipped ? (
        <span className="dim">{words.shipped}</span>
      ) : (
        isAdmin && (
          <RowMenu
            of={price.model}
            actions={[{ word: words.remove, danger: true, act: () => ask(price) }]}
          />
        )
      ),
  };
  return (
    <>
      <ThingTable
        label={words.prices}
        items={prices}
        keyOf={(price) => price.price_id}
        columns={[...COLUMNS, actions]}
      />
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}
