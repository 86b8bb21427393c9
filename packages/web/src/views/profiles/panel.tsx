import { Button, Select, Switch } from '@mantine/core';
import { GATE_TYPES } from '@tenuto/contract';
import { type ReactNode, useEffect, useRef } from 'react';
import { isObject, isWithin, placeOf, valueAt } from '../../logic/json-place.ts';
import {
  APPROVAL_FIELDS,
  agentGroups,
  gateGroups,
  PHASE_GROUPS,
  PROFILE_GROUPS,
} from '../../logic/profile-fields.ts';
import {
  AGENT_ACTION,
  type AgentView,
  type GateView,
  type Part,
  type PhaseView,
  partAt,
} from '../../logic/profile-model.ts';
import { problemsIn } from '../../logic/profile-model-checks.ts';
import type { Edit } from '../../logic/profile-model-edits.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { PROFILE_WORDS } from '../../words-profile.ts';
import { useDesk } from './desk.ts';
import { ExpectedFiles } from './expected-files.tsx';
import { Fields, Fold, Groups } from './fields.tsx';
import { IdField } from './id-field.tsx';
import { Needs } from './needs.tsx';

const words = PROFILE_WORDS.editor;

interface Props {
  /** The place of what was only just made. */
  readonly made: string | undefined;
  /** The place of the field that somebody wants to get to. */
  readonly aim: string | undefined;
  readonly arrived: () => void;
}

/** What is selected, with all of its fields. */
export function Panel({ made, aim, arrived }: Props) {
  const { part, link, at } = useDesk();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (aim === undefined || !isWithin(aim, at)) return;
    const fields = panel.current?.querySelectorAll<HTMLElement>('[data-place]') ?? [];
    [...fields].find(({ dataset: { place = '' } }) => isWithin(aim, place))?.focus();
    arrived();
  }, [aim, at, arrived]);
  return (
    <aside ref={panel} className="card profile-panel" aria-label={words.whole}>
      {link !== undefined ? (
        <LinkPanel />
      ) : part === undefined ? (
        <ProfileForm />
      ) : (
        <PartForm key={at} part={part} isNew={made === at} />
      )}
    </aside>
  );
}

function ProfileForm() {
  const { isStored } = useDesk();
  const [about, ...groups] = PROFILE_GROUPS;
  const fields = about?.fields.filter(({ path }) => !isStored || path !== 'name') ?? [];
  return (
    <>
      <header>
        <h2 className="grow">{words.whole}</h2>
      </header>
      <div className="card-body field-stack">
        <Wrong at={['', '/phases']} />
        <Fields place="" fields={fields} />
        <Groups place="" groups={groups} />
      </div>
    </>
  );
}

function PartForm({ part, isNew }: { readonly part: Part; readonly isNew: boolean }) {
  return (
    <>
      <PartHead part={part} />
      <div className="card-body field-stack">
        <IdField place={part.place} kind={part.kind} isNew={isNew} />
        {part.kind === 'phase' && <PhaseForm phase={part} />}
        {part.kind === 'agent' && <AgentForm agent={part} />}
        {part.kind === 'gate' && <GateForm gate={part} />}
      </div>
    </>
  );
}

/** What is done with a part as a whole. */
const ACTIONS: readonly (readonly [IconName, string, (place: string) => Edit])[] = [
  ['up', words.earlier, (place) => ({ do: 'move', place, by: -1 })],
  ['down', words.later, (place) => ({ do: 'move', place, by: 1 })],
  ['copy', words.duplicate, (place) => ({ do: 'duplicate', place })],
  ['trash', words.remove, (place) => ({ do: 'remove', place })],
];

function PartHead({ part: { place, kind, id } }: { readonly part: Part }) {
  const { act, isReadOnly } = useDesk();
  return (
    <Head>
      <span className="dim">{PROFILE_WORDS.kinds[kind]}</span>
      <strong className="grow cut">{id || PROFILE_WORDS.unnamed}</strong>
      {!isReadOnly && (
        <span className="part-actions">
          {ACTIONS.map(([icon, word, edit]) => (
            <IconButton key={icon} icon={icon} word={word} press={() => act(edit(place))} />
          ))}
        </span>
      )}
    </Head>
  );
}

/** The first line of what is selected, with the way back to the profile. */
function Head({ children }: { readonly children: ReactNode }) {
  const { select } = useDesk();
  return (
    <header>
      {children}
      <IconButton icon="close" word={words.close} press={() => select('')} />
    </header>
  );
}

interface IconButtonProps {
  readonly icon: IconName;
  readonly word: string;
  readonly press: () => void;
}

function IconButton({ icon, word, press }: IconButtonProps) {
  return (
    <button type="button" className="bare-button" aria-label={word} title={word} onClick={press}>
      <Icon name={icon} />
    </button>
  );
}

/** What is wrong with a part at no field of its own. */
function Wrong({ at }: { readonly at: readonly string[] }) {
  const { problems } = useDesk();
  return problems
    .filter(({ place }) => at.includes(place))
    .map(({ message }) => (
      <p key={message} className="tone-red">
        {message}
      </p>
    ));
}

function PhaseForm({ phase }: { readonly phase: PhaseView }) {
  const { editor, isReadOnly } = useDesk();
  const { place } = phase;
  const approval = placeOf(place, 'approval');
  const rule = valueAt(editor.doc, approval);
  const [about, ...groups] = PHASE_GROUPS;
  return (
    <>
      <Wrong at={[placeOf(place, 'agents')]} />
      <Fields place={place} fields={about?.fields ?? []} />
      <Needs place={place} />
      <ExpectedFiles phase={phase} />
      <Fold title={PROFILE_WORDS.groups.approval} isOpen={rule !== undefined}>
        <Switch
          size="xs"
          label={words.approval}
          description={words.approvalHint}
          checked={rule !== undefined}
          disabled={isReadOnly}
          onChange={(event) => {
            const value = event.currentTarget.checked ? {} : undefined;
            editor.edit({ do: 'put', place: approval, value });
          }}
        />
        {isObject(rule) && <Fields place={place} fields={APPROVAL_FIELDS} />}
      </Fold>
      <Groups place={place} groups={groups} />
    </>
  );
}

function AgentForm({ agent }: { readonly agent: AgentView }) {
  const isLlm = agent.uses === AGENT_ACTION;
  const [first, ...groups] = agentGroups(isLlm);
  return (
    <>
      <Fields place={agent.place} fields={first?.fields ?? []} />
      <Needs place={agent.place} />
      <Groups place={agent.place} groups={groups} />
    </>
  );
}

function GateForm({ gate }: { readonly gate: GateView }) {
  const { editor, isReadOnly, problems } = useDesk();
  const bad = problemsIn(problems, placeOf(gate.place, 'type')).map(({ message }) => message);
  return (
    <>
      <Select
        size="xs"
        data-place={placeOf(gate.place, 'type')}
        label={words.type}
        data={GATE_TYPES.map((value) => ({ value, label: PROFILE_WORDS.gateTypes[value] }))}
        value={gate.type || null}
        readOnly={isReadOnly}
        allowDeselect={false}
        error={bad.length > 0 && bad.join(' · ')}
        onChange={(next) => {
          const type = GATE_TYPES.find((one) => one === next);
          if (type !== undefined) editor.edit({ do: 'gate-type', place: gate.place, type });
        }}
      />
      {gateGroups(gate.type).map(({ name, fields }) => (
        <Fields key={name} place={gate.place} fields={fields} />
      ))}
    </>
  );
}

function LinkPanel() {
  const { link, outline, act, isReadOnly } = useDesk();
  if (link === undefined) return null;
  const nameOf = (place: string) => partAt(outline, place)?.id ?? '';
  return (
    <>
      <Head>
        <h2 className="grow">{words.edge}</h2>
      </Head>
      <div className="card-body field-stack">
        <p>{words.edgeFrom(nameOf(link.from), nameOf(link.to))}</p>
        {!isReadOnly && (
          <div>
            <Button variant="default" onClick={() => act({ do: 'disconnect', ...link })}>
              {words.edgeRemove}
            </Button>
          </div>
        )}
      </div>
    </>
  );
}
