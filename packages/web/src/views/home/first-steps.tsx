import { Link } from '@tanstack/react-router';
import { useMay } from '../../data/scopes.ts';
import { CopyButton } from '../../ui/copy-id.tsx';
import { HOME_WORDS as words } from '../../words-home.ts';

/** What to do where nothing has run yet: in the console, or with the same from a terminal. */
export function FirstSteps() {
  const may = useMay();
  return (
    <section className="card first-steps">
      <header>
        <h2>{words.first}</h2>
      </header>
      <div className="card-body">
        <p>{words.firstText}</p>
        <ol>
          {words.steps.map(({ what, to, example, scope, command }) => (
            <li key={command}>
              {may(scope) ? (
                <Link to={to} search={example === undefined ? {} : { example }}>
                  {what}
                </Link>
              ) : (
                <span>{what}</span>
              )}
              <span className="example">
                <code>{command}</code>
                <CopyButton text={command} what={command} />
              </span>
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}
