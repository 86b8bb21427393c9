import { Button, PasswordInput } from '@mantine/core';
import type { SignInMethods } from '@tenuto/contract';
import { type FormEvent, useEffect, useState } from 'react';
import { offeredProvider, oidcAddress, refusal, type SignIn, signIn } from '../data/session.ts';
import { useTitle } from '../ui/page.tsx';
import { WORDS } from '../words.ts';

type Problem = Exclude<SignIn, 'in'>;

/** The way in: a token for a cookie, or the operator's own provider. */
export function SignInPage({ ended }: { readonly ended: boolean }) {
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const provider = useProvider();
  const words = WORDS.signIn;
  useTitle(words.title);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const outcome = await signIn(token.trim());
    setBusy(false);
    if (outcome !== 'in') setProblem(outcome);
  };
  return (
    <main className="sign-in">
      <form onSubmit={submit}>
        <img src="/favicon.svg" alt="" />
        <h1>{words.title}</h1>
        {ended && <p role="status">{words.ended}</p>}
        <Refusal />
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
            <Button component="a" href={oidcAddress(location)} size="sm" variant="default">
              {words.oidc(provider.name)}
            </Button>
          </>
        )}
        <p className="dim">
          {words.hint} <code>{words.command}</code>. {words.kept}
        </p>
      </form>
    </main>
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
