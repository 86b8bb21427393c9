import { Button, PasswordInput } from '@mantine/core';
import type { Session, SignInMethods } from '@tenuto/contract';
import {
  type FormEvent,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import {
  goOnAs,
  offeredProvider,
  oidcAddress,
  readSession,
  refusal,
  type SignIn,
  signIn,
} from '../data/session.ts';
import { useTitle } from '../ui/page.tsx';
import { isUnsaved } from '../ui/unsaved.tsx';
import { WORDS } from '../words.ts';

type Problem = Exclude<SignIn, 'in'>;

/** The way in. */
export function SignInPage() {
  useTitle(WORDS.signIn.title);
  return (
    <main className="sign-in">
      <Form title={WORDS.signIn.title}>
        <Refusal />
      </Form>
    </main>
  );
}

interface AgainProps {
  readonly mine: Session;
  /** Who has signed in elsewhere in this browser. */
  readonly other: Session | undefined;
}

/** The same over a page whose session has ended: what was written on it stays as it is. */
export function SignInAgain({ mine, other }: AgainProps) {
  const place = useRef<HTMLDialogElement>(null);
  // Before it is taken off the page: closing it gives the focus back to what had it.
  useLayoutEffect(() => {
    const dialog = place.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  // Who comes back from another tab may have signed in there.
  useEffect(() => {
    const look = () => void readSession();
    window.addEventListener('focus', look);
    return () => window.removeEventListener('focus', look);
  }, []);
  const words = WORDS.signIn;
  return (
    <dialog ref={place} className="sign-in" aria-label={words.againTitle}>
      <Form title={words.againTitle}>
        <p role="status">
          {other === undefined ? words.ended : words.other(other.principal)}{' '}
          {words.keeps(mine.principal)}
        </p>
        {other !== undefined && (
          <Button variant="default" size="sm" onClick={() => goOnAs(other)}>
            {words.goOnAs(other.principal)}
          </Button>
        )}
      </Form>
    </dialog>
  );
}

interface FormProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** A token for a cookie, or the operator's own provider. */
function Form({ title, children }: FormProps) {
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const provider = useProvider();
  const words = WORDS.signIn;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const outcome = await signIn(token.trim());
    setBusy(false);
    if (outcome !== 'in') setProblem(outcome);
  };
  return (
    <form onSubmit={submit}>
      <img src="/favicon.svg" alt="" />
      <h1>{title}</h1>
      {children}
      <PasswordInput
        label={words.token}
        value={token}
        onChange={(event) => setToken(event.currentTarget.value)}
        autoComplete="current-password"
        error={problem !== undefined}
        size="sm"
        data-autofocus
        autoFocus
        required
        withAsterisk={false}
      />
      {problem !== undefined && (
        <p className="problem" role="alert">
          {words[problem]}
        </p>
      )}
      <Button type="submit" size="sm" loading={busy}>
        {words.button}
      </Button>
      {provider !== null && (
        <>
          <span className="or">{words.or}</span>
          <Provider name={provider.name} />
        </>
      )}
      <p className="dim">
        {words.hint} <code>{words.command}</code>. {words.kept}
      </p>
    </form>
  );
}

/** In another tab where this one has something that would be lost. */
function Provider({ name }: { readonly name: string | null }) {
  const tab = isUnsaved() ? { target: '_blank' } : {};
  return (
    <Button component="a" href={oidcAddress(location)} {...tab} size="sm" variant="default">
      {WORDS.signIn.oidc(name)}
    </Button>
  );
}

/** Why a sign-in by the provider has come to nothing. */
function Refusal() {
  const { returned } = WORDS.signIn;
  if (refusal === undefined || !isReason(refusal)) return null;
  return (
    <p className="problem" role="alert">
      {returned[refusal]}
    </p>
  );
}

function isReason(text: string): text is keyof typeof WORDS.signIn.returned {
  return Object.hasOwn(WORDS.signIn.returned, text);
}

function useProvider(): SignInMethods['oidc'] {
  const [provider, setProvider] = useState<SignInMethods['oidc']>(null);
  useEffect(() => {
    offeredProvider().then(setProvider, () => undefined);
  }, []);
  return provider;
}
