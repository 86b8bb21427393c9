import type { ApiToken } from '@tenuto/contract';
import { useState } from 'react';
import { useRevokeToken, useTokens } from '../../data/agents.ts';
import { useMay } from '../../data/scopes.ts';
import { isGood } from '../../logic/expiry.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { Empty } from '../../ui/notice.tsx';
import { Paged } from '../../ui/paged.tsx';
import { RowMenu } from '../../ui/row-menu.tsx';
import { ScopeList } from '../../ui/scope-picker.tsx';
import { ThingTable } from '../../ui/thing-table.tsx';
import { useNow, When } from '../../ui/time.tsx';
import { tellFailure } from '../../ui/toasts.ts';
import { AGENT_WORDS as words } from '../../words-agents.ts';

interface Props {
  readonly agentId?: string;
  readonly live: boolean;
}

const MINUTE_MS = 60_000;

/** API tokens, of everybody or of one agent. */
export function TokenTable({ agentId, live }: Props) {
  const may = useMay();
  const revoke = useRevokeToken();
  const [question, setQuestion] = useState<Question>();
  const tokens = useTokens({ live, ...(agentId !== undefined && { agentId }) });
  const ask = ({ token_id: tokenId, name }: ApiToken) =>
    setQuestion({
      ...{ title: words.revoke, text: words.revokeText(name), verb: words.revoke, danger: true },
      act: () => revoke.mutate(tokenId, { onError: (error) => tellFailure(words.revoke, error) }),
    });
  return (
    <>
      <Paged
        pages={tokens}
        empty={
          <Empty title={words.noTokens} text={words.noTokensText} example={words.tokenExample} />
        }
      >
        {(items) => (
          <ThingTable
            label={words.tokens}
            items={items}
            keyOf={(token) => token.token_id}
            columns={[
              { head: words.name, first: true, cell: (token) => token.name },
              { head: words.token, cell: (token) => <code>{token.hint}</code> },
              { head: words.principal, cell: (token) => token.principal },
              { head: words.scopesHead, cell: (token) => <ScopeList scopes={token.scopes} /> },
              { head: words.made, cell: (token) => <When at={token.created_at} /> },
              { head: words.used, cell: (token) => <When at={token.last_used_at} /> },
              { head: words.ends, cell: (token) => <Standing of={token} /> },
              {
                head: '',
                cell: (token) =>
                  may('agents:write') && token.revoked_at === null ? (
                    <RowMenu
                      of={token.name}
                      actions={[{ word: words.revoke, danger: true, act: () => ask(token) }]}
                    />
                  ) : null,
              },
            ]}
          />
        )}
      </Paged>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}

interface Issued {
  readonly revoked_at: string | null;
  readonly expires_at: string | null;
}

/** Whether something that was issued is still good, and until when. */
export function Standing({ of }: { readonly of: Issued }) {
  const time = useNow(MINUTE_MS);
  if (of.revoked_at !== null) return <span className="tone-red">{words.revoked}</span>;
  if (!isGood(of, time)) return <span className="tone-red">{words.expired}</span>;
  return of.expires_at === null ? <span>{words.days(0)}</span> : <When at={of.expires_at} />;
}
