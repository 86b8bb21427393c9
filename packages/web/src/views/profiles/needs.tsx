import { placeOf, valueAt } from '../../logic/json-place.ts';
import { partAt, phaseAt, saysNeeds } from '../../logic/profile-model.ts';
import { problemsIn } from '../../logic/profile-model-checks.ts';
import { linkFault } from '../../logic/profile-model-links.ts';
import { PROFILE_WORDS } from '../../words-profile.ts';
import { useDesk } from './desk.ts';

const words = PROFILE_WORDS.editor;

/** What a phase or an agent begins after, as keys to be pressed. */
export function Needs({ place }: { readonly place: string }) {
  const { editor, outline, problems, isReadOnly } = useDesk();
  const part = partAt(outline, place);
  if (part === undefined || part.kind === 'gate') return null;
  const beside = part.kind === 'phase' ? outline.phases : (phaseAt(outline, place)?.agents ?? []);
  const others = beside.filter((one) => one.place !== place && one.id !== '');
  const bad = problemsIn(problems, placeOf(place, 'needs'));
  const known = new Set(others.map(({ id }) => id));
  const lost = part.needs.filter((need) => !known.has(need));
  const drop = (need: string) => {
    const needs = part.needs.filter((one) => one !== need);
    const value = needs.length === 0 && part.kind === 'agent' ? undefined : needs;
    editor.edit({ do: 'put', place: placeOf(place, 'needs'), value });
  };
  const isImplied =
    part.kind === 'phase' && !saysNeeds(valueAt(editor.doc, place)) && part.needs.length > 0;
  return (
    <fieldset className="needs" tabIndex={-1} data-place={placeOf(place, 'needs')}>
      <legend>{words.needs}</legend>
      <p className="dim">
        {part.kind === 'agent'
          ? words.needsAgentHint
          : isImplied
            ? words.needsImplied
            : part.needs.length === 0
              ? words.needsNone
              : words.needsHint}
      </p>
      {others.length === 0 && <p className="dim">{words.needsNoOther}</p>}
      <div className="row">
        {others.map((other) => {
          const isOn = part.needs.includes(other.id);
          const link = { from: other.place, to: place };
          const fault = isOn ? undefined : linkFault(editor.doc, link);
          return (
            <button
              key={other.place}
              type="button"
              className="chip"
              aria-pressed={isOn}
              disabled={isReadOnly || fault !== undefined}
              title={fault === undefined ? undefined : PROFILE_WORDS.links[fault]}
              onClick={() => editor.edit({ do: isOn ? 'disconnect' : 'connect', ...link })}
            >
              {other.id}
            </button>
          );
        })}
        {lost.map((need) => (
          <button
            key={need}
            type="button"
            className="chip chip-bad"
            aria-pressed={true}
            disabled={isReadOnly}
            onClick={() => drop(need)}
          >
            {need}
          </button>
        ))}
      </div>
      {bad.map(({ place: at, message }) => (
        <p key={at + message} className="tone-red">
          {message}
        </p>
      ))}
    </fieldset>
  );
}
