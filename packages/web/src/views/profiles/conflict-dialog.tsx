import { Button, Group, Modal } from '@mantine/core';
import type { JsonObject, ProfileView } from '@tenuto/contract';
import { useMemo } from 'react';
import { diffLines } from '../../logic/line-diff.ts';
import { printSource } from '../../logic/profile-source.ts';
import { When } from '../../ui/time.tsx';
import { PROFILE_WORDS } from '../../words-profile.ts';

const words = PROFILE_WORDS.conflict;

interface Props {
  readonly mine: JsonObject;
  readonly theirs: ProfileView;
  readonly takeMine: () => void;
  readonly takeTheirs: () => void;
  readonly close: () => void;
}

/** Two versions of a profile, and which of them holds. */
export function ConflictDialog({ mine, theirs, takeMine, takeTheirs, close }: Props) {
  const lines = useMemo(() => changesOf(theirs, mine), [theirs, mine]);
  const isSame = lines.every(({ kind }) => kind === 'same');
  return (
    <Modal opened onClose={close} title={words.title} size="xl">
      <p className="ask">
        {words.text(theirs.version, theirs.updated_by ?? words.somebody)}{' '}
        <span className="dim">
          <When at={theirs.updated_at} />
        </span>
      </p>
      {isSame ? (
        <p className="dim">{words.same}</p>
      ) : (
        <>
          <p className="row dim">
            {words.diff}
            <span className="diff-key diff-gone">− {words.gone}</span>
            <span className="diff-key diff-new">+ {words.fresh}</span>
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by keys. */}
          <pre className="diff" tabIndex={0} role="region" aria-label={words.diff}>
            {lines.map(({ kind, text }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name.
              <span key={i} className={`diff-${kind}`}>
                {SIGNS[kind]} {text}
              </span>
            ))}
          </pre>
        </>
      )}
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={close}>
          {words.on}
        </Button>
        <Button variant="default" onClick={takeTheirs}>
          {words.theirs}
        </Button>
        <Button onClick={takeMine}>{words.mine}</Button>
      </Group>
    </Modal>
  );
}

const SIGNS = { same: ' ', gone: '−', new: '+' } as const;

function changesOf({ profile }: ProfileView, mine: JsonObject) {
  const theirs: JsonObject = JSON.parse(JSON.stringify(profile));
  return diffLines(printSource(theirs, 'yaml'), printSource(mine, 'yaml'));
}
