import { Button, Group } from '@mantine/core';
import type { JsonObject, ProfileView } from '@tenuto/contract';
import { useMemo } from 'react';
import { docOf } from '../../data/profiles.ts';
import { printSource } from '../../logic/profile-source.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { TextDiff } from '../../ui/text-diff.tsx';
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
  const texts = useMemo(() => textsOf(theirs, mine), [theirs, mine]);
  return (
    <Dialog onClose={close} title={words.title} size="xl">
      <p className="ask">
        {words.text(theirs.version, theirs.updated_by ?? words.somebody)}{' '}
        <span className="dim">
          <When at={theirs.updated_at} />
        </span>
      </p>
      <p className="dim">{words.signs}</p>
      <TextDiff {...texts} label={words.diff} same={words.same} />
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={close}>
          {words.on}
        </Button>
        <Button variant="default" onClick={takeTheirs}>
          {words.theirs}
        </Button>
        <Button onClick={takeMine}>{words.mine}</Button>
      </Group>
    </Dialog>
  );
}

function textsOf(theirs: ProfileView, mine: JsonObject) {
  return { before: printSource(docOf(theirs), 'yaml'), after: printSource(mine, 'yaml') };
}
