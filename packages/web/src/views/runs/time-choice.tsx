import { Button, Popover, TextInput } from '@mantine/core';
import { useState } from 'react';
import {
  isSince,
  ofField,
  rangeText,
  SINCE,
  type TimeRange,
  toField,
} from '../../logic/time-range.ts';
import { Icon } from '../../ui/icons.tsx';
import { RUN_WORDS } from '../../words-run.ts';

const words = RUN_WORDS.list;

interface Props {
  readonly range: TimeRange;
  readonly change: (range: TimeRange) => void;
}

/** When runs were created: a span back from now, or between two times. */
export function TimeChoice({ range, change }: Props) {
  const [opened, setOpened] = useState(false);
  const choose = (next: TimeRange) => {
    setOpened(false);
    change(next);
  };
  const label = labelOf(range);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          rightSection={<Icon name="down" />}
          aria-label={`${words.since}: ${label}`}
          onClick={() => setOpened(!opened)}
        >
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={words.since}>
        <div className="time-choice">
          <div className="time-presets">
            <button type="button" className="chip" onClick={() => choose({})}>
              {words.anyTime}
            </button>
            {Object.keys(SINCE)
              .filter(isSince)
              .map((since) => (
                <button
                  key={since}
                  type="button"
                  className="chip"
                  aria-pressed={range.since === since}
                  onClick={() => choose({ since })}
                >
                  {words.sinces[since]}
                </button>
              ))}
          </div>
          <Between range={range} choose={choose} />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

interface BetweenProps {
  readonly range: TimeRange;
  readonly choose: (range: TimeRange) => void;
}

function Between({ range, choose }: BetweenProps) {
  const [from, setFrom] = useState(toField(range.from));
  const [to, setTo] = useState(toField(range.to));
  const [start, end] = [ofField(from), ofField(to)];
  return (
    <form
      className="time-between"
      onSubmit={(event) => {
        event.preventDefault();
        choose({
          ...(start !== undefined && { from: start }),
          ...(end !== undefined && { to: end }),
        });
      }}
    >
      <strong>{words.range}</strong>
      <TextInput
        type="datetime-local"
        label={words.from}
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput
        type="datetime-local"
        label={words.to}
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <Button type="submit" disabled={start === undefined && end === undefined}>
        {words.useRange}
      </Button>
    </form>
  );
}

function labelOf(range: TimeRange): string {
  if (range.since !== undefined && isSince(range.since)) return words.sinces[range.since];
  if (range.from === undefined && range.to === undefined) return words.anyTime;
  return rangeText(range);
}
