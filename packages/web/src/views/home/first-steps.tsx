import { Link } from '@tanstack/react-router';
import { CopyButton } from '../../ui/copy-id.tsx';
import { HOME_WORDS as words } from '../../words-home.ts';

/** What to do where nothing has run yet. */
export function FirstSteps() {
  return (
    <section className="card first-steps">
      <header>
        <h2>{words.first}</h2>
      </header>
      <div className="card-body">
        <p>{words.firstText}</p>
        <ol>
          {words.steps.map(([what, command]) => (
            <li key={command}>
              <span>{what}</span>
              <span className="example">
                <code>{command}</code>
                <CopyButton text={command} what={command} />
              </span>
            </li>
          ))}
        </ol>
        <p>
          {words.orHere} <Link to="/submit">{words.submit}</Link>
        </p>
      </div>
    </section>
  );
}
