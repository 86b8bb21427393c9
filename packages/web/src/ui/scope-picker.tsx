import type { Scope } from '@tenuto/contract';
import { mayGive, SCOPE_GROUPS, SCOPE_SETS, toggled } from '../logic/scopes.ts';
import { SCOPE_WORDS } from '../words-scopes.ts';
import './scope-picker.css';

interface Props {
  readonly label: string;
  readonly scopes: readonly Scope[];
  /** What who picks has: nobody gives away more. */
  readonly own: readonly string[];
  readonly pick: (scopes: readonly Scope[]) => void;
}

const SETS = ['look', 'work'] as const;

/** `read` of `jobs:read`: what it is about stands before it. */
function verbOf(scope: Scope): string {
  return scope.split(':')[1] ?? scope;
}

/** What somebody may do, chosen by what it is about. */
export function ScopePicker({ label, scopes, own, pick }: Props) {
  const given = new Set(mayGive(own));
  return (
    <fieldset className="scopes">
      <legend>{label}</legend>
      <div className="row">
        <span className="scopes-name dim">{SCOPE_WORDS.begin}</span>
        {SETS.map((set) => (
          <button
            key={set}
            type="button"
            className="chip"
            onClick={() => pick(mayGive(own).filter(SCOPE_SETS[set]))}
          >
            {SCOPE_WORDS.sets[set]}
          </button>
        ))}
      </div>
      {SCOPE_GROUPS.map(({ name, scopes: group }) => (
        <div key={name} className="row">
          <span className="scopes-name dim">{SCOPE_WORDS.groups[name] ?? name}</span>
          {group.map((scope) => (
            <button
              key={scope}
              type="button"
              className="chip"
              aria-pressed={scopes.includes(scope)}
              disabled={!given.has(scope) && !scopes.includes(scope)}
              aria-label={scope}
              title={SCOPE_WORDS.meaning[scope]}
              onClick={() => pick(toggled(scopes, scope))}
            >
              {verbOf(scope)}
            </button>
          ))}
        </div>
      ))}
      {scopes.length === 0 && <p className="dim scopes-meaning">{SCOPE_WORDS.nothing}</p>}
      {scopes.map((scope) => (
        <p key={scope} className="dim scopes-meaning">
          <code>{scope}</code> {SCOPE_WORDS.meaning[scope]}
        </p>
      ))}
    </fieldset>
  );
}

/** The scopes that somebody has, in a table. */
export function ScopeList({ scopes }: { readonly scopes: readonly string[] }) {
  if (scopes.length === 0) return <span className="dim">{SCOPE_WORDS.none}</span>;
  return <code className="scopes-list">{scopes.join(' ')}</code>;
}
