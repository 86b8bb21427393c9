import { Button, TextInput } from '@mantine/core';
import type { Intervention } from '@tenuto/contract';
import { useRef, useState } from 'react';
import { useAssign } from '../../data/interventions.ts';
import { usePrincipal } from '../../data/scopes.ts';
import { Confirm, type Question } from '../../ui/confirm.tsx';
import { tell, tellFailure } from '../../ui/toasts.ts';
import { NEEDS_WORDS as words } from '../../words-needs.ts';

/** Says who is to decide: oneself, somebody else, or anybody again. */
export function Assign({ item }: { readonly item: Intervention }) {
  const me = usePrincipal();
  const assign = useAssign();
  const [question, setQuestion] = useState<Question>();
  const name = useRef('');
  const give = (assignee: string | null) =>
    assign.mutate(
      { id: item.intervention_id, version: item.version, assignee },
      {
        onSuccess: () => tell(assignee === null ? words.givenBack : words.assigned(assignee)),
        onError: (error) => tellFailure(words.notAssigned, error),
      },
    );
  const ask = () => {
    name.current = '';
    setQuestion({
      ...{ title: words.assignTitle, text: words.assignText, verb: words.assign },
      children: (
        <TextInput
          label={words.assignTo}
          required
          maxLength={255}
          onChange={(event) => {
            name.current = event.currentTarget.value.trim();
          }}
        />
      ),
      act: () => give(name.current),
    });
  };
  const isMine = item.assignee === me;
  return (
    <>
      <span className="grow" />
      {!isMine && (
        <Button variant="subtle" loading={assign.isPending} onClick={() => give(me)}>
          {words.take}
        </Button>
      )}
      {item.assignee !== null && (
        <Button variant="subtle" loading={assign.isPending} onClick={() => give(null)}>
          {words.giveBack}
        </Button>
      )}
      <Button variant="subtle" onClick={ask}>
        {words.assign}
      </Button>
      <Confirm question={question} close={() => setQuestion(undefined)} />
    </>
  );
}
