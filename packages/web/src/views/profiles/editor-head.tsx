import { Button, Menu } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ProfileView } from '@tenuto/contract';
import { useState } from 'react';
import { useMay } from '../../data/scopes.ts';
import type { Problem } from '../../logic/profile-model-checks.ts';
import type { ProfileSearch } from '../../logic/profile-search.ts';
import { Icon } from '../../ui/icons.tsx';
import { PROFILE_WORDS } from '../../words-profile.ts';
import { ConflictDialog } from './conflict-dialog.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { useDesk } from './desk.ts';
import { ProblemList } from './problem-list.tsx';
import { StartDialog } from './start-dialog.tsx';
import type { Saving } from './use-saving.ts';
import { VersionsDialog } from './versions-dialog.tsx';

const words = PROFILE_WORDS.editor;

const NAME = '/name';

/** What is wrong with a profile as far as that is known. */
export interface Checked {
  readonly problems: readonly Problem[];
  readonly isChecking: boolean;
  readonly isAway: boolean;
  /** Nothing was done yet that could be right or wrong. */
  readonly isPristine?: boolean;
}

interface Props {
  readonly base: ProfileView | undefined;
  /** As it is stored by now. */
  readonly latest: ProfileView | undefined;
  readonly saving: Saving;
  readonly checked: Checked;
}

/** What profile it is, how sound it is, and what is done with it as a whole. */
export function EditorHead({ base, latest, saving, checked }: Props) {
  const { editor, isReadOnly } = useDesk();
  const isNewer = base !== undefined && (latest?.version ?? 0) > base.version && !saving.isPending;
  return (
    <>
      <header className="page-head profile-head">
        <h1 className="cut">{base?.title ?? base?.name ?? PROFILE_WORDS.newTitle}</h1>
        {base !== undefined && (
          <span className="dim">
            <code>{base.name}</code> · {PROFILE_WORDS.sources[base.source]}
            {base.source === 'stored' && ` · ${PROFILE_WORDS.version(base.version)}`}
          </span>
        )}
        {!isReadOnly && (
          <span className={editor.isDirty ? 'tone-amber' : 'dim'} role="status">
            {editor.isDirty ? words.unsaved : base === undefined ? '' : words.allSaved}
          </span>
        )}
        <span className="grow" />
        {!checked.isPristine && (
          <ProblemList isChecking={checked.isChecking} isAway={checked.isAway} />
        )}
        <Actions base={base} saving={saving} />
      </header>
      {isNewer && latest !== undefined && (
        <p className="notice-line" role="status">
          {PROFILE_WORDS.conflict.newer(latest.version)}{' '}
          <button type="button" className="link" onClick={saving.compare}>
            {PROFILE_WORDS.conflict.look}
          </button>
        </p>
      )}
      {saving.conflict !== undefined && (
        <ConflictDialog
          mine={editor.doc}
          theirs={saving.conflict}
          takeMine={saving.saveOver}
          takeTheirs={saving.takeTheirs}
          close={saving.endConflict}
        />
      )}
    </>
  );
}

function Actions({ base, saving }: Pick<Props, 'base' | 'saving'>) {
  const { editor, isReadOnly, problems, goTo } = useDesk();
  // A new profile is stored under its name: whoever has given none is led to it.
  const isUnnamed = base === undefined && problems.some(({ place }) => place === NAME);
  const isBlank = base === undefined ? editor.outline.phases.length === 0 : !editor.isDirty;
  return (
    <>
      {base !== undefined && <StoredActions base={base} />}
      {!isReadOnly && (
        <Button
          onClick={isUnnamed ? () => goTo(NAME) : saving.save}
          loading={saving.isPending}
          disabled={editor.fault !== undefined || isBlank}
        >
          {words.save}
        </Button>
      )}
    </>
  );
}

function StoredActions({ base }: { readonly base: ProfileView }) {
  const { editor, isReadOnly } = useDesk();
  const search: ProfileSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const [asked, setAsked] = useState<'remove' | 'versions'>();
  const may = useMay();
  if (!may('runs:write')) return null;
  const turn = (start: boolean) => {
    const { start: _was, ...rest } = search;
    const next = { ...rest, ...(start && { start: 'yes' as const }) };
    void navigate({ to: '.', search: next, replace: true, resetScroll: false });
  };
  const copy = { to: '/profiles/new', search: { from: base.name } } as const;
  return (
    <>
      {isReadOnly ? (
        <Button variant="default" renderRoot={(props) => <Link {...props} {...copy} />}>
          {words.duplicateToEdit}
        </Button>
      ) : (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" aria-label={words.more} px={8}>
              <Icon name="more" />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => void navigate(copy)}>{words.duplicate}</Menu.Item>
            <Menu.Item onClick={() => setAsked('versions')}>
              {PROFILE_WORDS.versions.open}
            </Menu.Item>
            <Menu.Item color="red" onClick={() => setAsked('remove')}>
              {PROFILE_WORDS.remove.verb}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {may('tasks:create') && (
        <Button
          variant="default"
          renderRoot={(props) => (
            <Link {...props} to="/tasks/new" search={{ profile: base.name }} />
          )}
        >
          {PROFILE_WORDS.schedule}
        </Button>
      )}
      <Button variant={isReadOnly ? 'filled' : 'default'} onClick={() => turn(true)}>
        {PROFILE_WORDS.start}
      </Button>
      {search.start && (
        <StartDialog profile={base} isUnsaved={editor.isDirty} close={() => turn(false)} />
      )}
      {asked === 'versions' && (
        <VersionsDialog name={base.name} close={() => setAsked(undefined)} />
      )}
      <DeleteDialog profile={base} isOpen={asked === 'remove'} close={() => setAsked(undefined)} />
    </>
  );
}
