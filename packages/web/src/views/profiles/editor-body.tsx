import { Button, SegmentedControl } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ProfileView } from '@tenuto/contract';
import { useMay } from '../../data/scopes.ts';
import {
  PROFILE_VIEWS,
  type ProfileSearch,
  type ProfileViewName,
} from '../../logic/profile-search.ts';
import { useIsNarrow } from '../../ui/narrow.ts';
import { Failure } from '../../ui/notice.tsx';
import { PROFILE_WORDS } from '../../words-profile.ts';
import { useDesk } from './desk.ts';
import { GraphCanvas } from './graph-canvas.tsx';
import { OutlineView } from './outline-view.tsx';
import { Palette } from './palette.tsx';
import { Panel } from './panel.tsx';
import { PlanView } from './plan-view.tsx';
import { SourceView } from './source-view.tsx';
import { useEditorKeys } from './use-editor-keys.ts';
import type { Saving } from './use-saving.ts';

interface Props {
  readonly made: string | undefined;
  readonly aim: string | undefined;
  readonly arrived: () => void;
  readonly saving: Saving;
  readonly source: ProfileView['source'] | undefined;
  /** Whether what is shown was kept from before. */
  readonly isRestored: boolean;
}

/** The views of a profile, and beside them the panel of what is selected. */
export function EditorBody({ made, aim, arrived, saving, source, isRestored }: Props) {
  const desk = useDesk();
  const { editor, at, outline, isReadOnly } = desk;
  const search: ProfileSearch = useSearch({ strict: false });
  const isNarrow = useIsNarrow();
  const shown = search.view ?? 'graph';
  const view = isNarrow && shown === 'graph' ? 'outline' : shown;
  const isDrawing = view === 'graph' || view === 'outline';
  useEditorKeys({ desk, save: saving.save, isDrawing });
  const may = useMay()('runs:write');
  const why = !may ? 'mayNot' : source === 'shipped' ? 'readOnly' : 'readOnlyFile';
  const isEmpty = outline.phases.length === 0 && isDrawing;
  return (
    <>
      {isRestored && editor.isDirty && (
        <p className="notice-line" role="status">
          {PROFILE_WORDS.restored}{' '}
          <button type="button" className="link" onClick={saving.discard}>
            {PROFILE_WORDS.discard}
          </button>
        </p>
      )}
      {saving.error !== null && <Failure error={saving.error} />}
      {editor.fault !== undefined && view !== 'source' && <Locked />}
      <div className="row profile-editor-bar">
        <Views view={view} isNarrow={isNarrow} />
        {isDrawing && !isReadOnly && <Palette />}
        {isReadOnly && <p className="dim">{PROFILE_WORDS.editor[why]}</p>}
      </div>
      <div className={`profile-editor profile-editor-${view} ${at === '' ? '' : 'has-part'}`}>
        <div className={view === 'graph' ? 'card canvas' : 'profile-editor-main'}>
          {isEmpty ? <Blank /> : <View view={view} />}
        </div>
        <Panel {...{ made, aim, arrived }} />
      </div>
    </>
  );
}

function View({ view }: { readonly view: ProfileViewName }) {
  switch (view) {
    case 'graph':
      return <GraphCanvas />;
    case 'outline':
      return <OutlineView />;
    case 'source':
      return <SourceView />;
    case 'plan':
      return <PlanView />;
  }
}

interface ViewsProps {
  readonly view: ProfileViewName;
  readonly isNarrow: boolean;
}

function Views({ view, isNarrow }: ViewsProps) {
  const search: ProfileSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const known = PROFILE_VIEWS.filter((one) => !isNarrow || one !== 'graph');
  return (
    <SegmentedControl
      size="xs"
      aria-label={PROFILE_WORDS.viewsLabel}
      data={known.map((value) => ({ value, label: PROFILE_WORDS.views[value] }))}
      value={view}
      onChange={(value) => {
        const next = PROFILE_VIEWS.find((one) => one === value);
        const { view: _was, ...rest } = search;
        void navigate({
          ...{ to: '.', replace: true, resetScroll: false },
          search: { ...rest, ...(next !== undefined && next !== 'graph' && { view: next }) },
        });
      }}
    />
  );
}

function Locked() {
  const { editor } = useDesk();
  return (
    <p className="notice-line tone-red" role="alert">
      {PROFILE_WORDS.sourceView.locked}{' '}
      <button type="button" className="link" onClick={() => editor.step({ do: 'drop-text' })}>
        {PROFILE_WORDS.sourceView.drop}
      </button>
    </p>
  );
}

const SHIPPED = ['web_application', 'ml_model', 'analytics_forecast_app'] as const;

/** What stands where no phase is yet. */
function Blank() {
  const { act, isReadOnly, isStored } = useDesk();
  return (
    <div className="empty">
      <h2>{PROFILE_WORDS.editor.emptyTitle}</h2>
      <p>{PROFILE_WORDS.editor.emptyText}</p>
      {!isReadOnly && (
        <Button onClick={() => act({ do: 'add-phase' })}>{PROFILE_WORDS.editor.addFirst}</Button>
      )}
      {!isReadOnly && !isStored && (
        <p className="blank-from">
          {PROFILE_WORDS.editor.orFrom}
          {SHIPPED.map((name) => (
            <Link key={name} to="/profiles/new" search={{ from: name }}>
              {name}
            </Link>
          ))}
        </p>
      )}
    </div>
  );
}
