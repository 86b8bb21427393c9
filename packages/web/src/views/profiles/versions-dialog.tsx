import { Button } from '@mantine/core';
import type { ProfileView } from '@tenuto/contract';
import { useState } from 'react';
import { docOf, useProfileVersions } from '../../data/profiles.ts';
import { printSource } from '../../logic/profile-source.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Paged } from '../../ui/paged.tsx';
import { TextDiff } from '../../ui/text-diff.tsx';
import { When } from '../../ui/time.tsx';
import { PROFILE_WORDS } from '../../words-profile.ts';
import { useDesk } from './desk.ts';

const words = PROFILE_WORDS.versions;

interface Props {
  readonly name: string;
  readonly close: () => void;
}

/** What a profile said before, and the way to have it again. */
export function VersionsDialog({ name, close }: Props) {
  const pages = useProfileVersions(name);
  return (
    <Dialog onClose={close} title={words.title} size="xl">
      <p className="dim">{words.text}</p>
      <Paged pages={pages} empty={null}>
        {(versions) => (
          <ol className="plain">
            {versions.map((version) => (
              <Version key={version.version} version={version} close={close} />
            ))}
          </ol>
        )}
      </Paged>
    </Dialog>
  );
}

interface VersionProps {
  readonly version: ProfileView;
  readonly close: () => void;
}

function Version({ version, close }: VersionProps) {
  const { editor } = useDesk();
  const [isOpen, setOpen] = useState(false);
  const { version: number, updated_at: at, updated_by: by } = version;
  const doc = docOf(version);
  const isHere = JSON.stringify(doc) === JSON.stringify(editor.doc);
  const take = () => {
    editor.step({ do: 'doc', doc });
    close();
  };
  return (
    <li>
      <div className="row">
        <strong className="num">{PROFILE_WORDS.version(number)}</strong>
        <span className="dim grow">
          <When at={at} /> · {by}
        </span>
        {isHere ? (
          <span className="dim">{words.same}</span>
        ) : (
          <>
            <Button
              size="compact-xs"
              variant="default"
              aria-expanded={isOpen}
              aria-label={words.compareWith(number)}
              onClick={() => setOpen(!isOpen)}
            >
              {words.compare}
            </Button>
            <Button
              size="compact-xs"
              variant="default"
              aria-label={words.takeUpOf(number)}
              onClick={take}
            >
              {words.takeUp}
            </Button>
          </>
        )}
      </div>
      {isOpen && !isHere && (
        <TextDiff
          before={printSource(editor.doc, 'yaml')}
          after={printSource(doc, 'yaml')}
          label={words.compareWith(number)}
          same={words.same}
        />
      )}
    </li>
  );
}
