import { Button, Menu } from '@mantine/core';
import { GATE_TYPES } from '@tenuto/contract';
import { type PhaseView, phaseAt } from '../../logic/profile-model.ts';
import { Icon } from '../../ui/icons.tsx';
import { PROFILE_WORDS } from '../../words-profile.ts';
import { useDesk } from './desk.ts';

const words = PROFILE_WORDS.editor;

/** Drawn by the style sheet: it is no part of what the button is called. */
function Key({ name }: { readonly name: string }) {
  return <span className="kbd part-key" data-key={name} aria-hidden="true" />;
}

/** What can be added, to the phase that is selected or else to the last one. */
export function Palette() {
  const { editor, outline, at, act } = useDesk();
  const selected = phaseAt(outline, at);
  const phase = selected ?? outline.phases.at(-1);
  const isLocked = editor.fault !== undefined;
  return (
    <fieldset className="row part-palette" aria-label={words.palette} title={words.keys}>
      <Button
        variant="default"
        leftSection={<Icon name="plus" />}
        aria-label={words.addPhaseLong}
        aria-keyshortcuts="1"
        rightSection={<Key name="1" />}
        disabled={isLocked}
        onClick={() => act({ do: 'add-phase', after: selected?.place })}
      >
        {words.addPhase}
      </Button>
      <Button
        variant="default"
        leftSection={<Icon name="plus" />}
        aria-label={words.addAgentLong}
        aria-keyshortcuts="2"
        rightSection={<Key name="2" />}
        disabled={phase === undefined || isLocked}
        onClick={() => phase && act({ do: 'add-agent', phase: phase.place })}
      >
        {words.addAgent}
      </Button>
      <GateMenu phase={isLocked ? undefined : phase} />
      <Steps />
    </fieldset>
  );
}

/** What a gate may check, to be added to a phase. */
function GateMenu({ phase }: { readonly phase: PhaseView | undefined }) {
  const { act } = useDesk();
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<Icon name="plus" />}
          rightSection={<Key name="3" />}
          aria-label={words.addGateLong}
          aria-keyshortcuts="3"
          disabled={phase === undefined}
        >
          {words.addGate}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {GATE_TYPES.map((type) => (
          <Menu.Item
            key={type}
            onClick={() => phase && act({ do: 'add-gate', phase: phase.place, type })}
          >
            {PROFILE_WORDS.gateTypes[type]} <code className="dim">{type}</code>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Back, forth, and to the places that the layout gives. */
function Steps() {
  const { editor } = useDesk();
  return (
    <span className="part-undo">
      <button
        type="button"
        className="bare-button"
        aria-label={words.undo}
        title={`${words.undo} (Ctrl Z)`}
        disabled={!editor.canUndo}
        onClick={() => editor.step({ do: 'undo' })}
      >
        <Icon name="undo" />
      </button>
      <button
        type="button"
        className="bare-button"
        aria-label={words.redo}
        title={`${words.redo} (Ctrl Shift Z)`}
        disabled={!editor.canRedo}
        onClick={() => editor.step({ do: 'redo' })}
      >
        <Icon name="redo" />
      </button>
      <button
        type="button"
        className="bare-button"
        aria-label={words.tidy}
        title={words.tidy}
        disabled={Object.keys(editor.moved).length === 0}
        onClick={() => editor.step({ do: 'tidy' })}
      >
        <Icon name="layers" />
      </button>
    </span>
  );
}
