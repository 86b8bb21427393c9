import { SegmentedControl } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { JsonObject } from '@tenuto/contract';
import { useState } from 'react';
import { useSubmit } from '../../data/submit.ts';
import { Page } from '../../ui/page.tsx';
import { tell } from '../../ui/toasts.ts';
import { SUBMIT_WORDS as words } from '../../words-submit.ts';
import { FromTemplate } from './from-template.tsx';
import './submit.css';
import { WriteJob } from './write-job.tsx';

/** Makes a job of a text or of a template; what it would be stands beside it. */
export function SubmitPage() {
  const search = useSearch({ from: '/submit' });
  const [isTemplate, setTemplate] = useState(search.template !== undefined);
  const navigate = useNavigate();
  const submit = useSubmit();
  const send = (body: JsonObject) =>
    submit.mutate(body, {
      onSuccess: ({ job_id: runId }) => {
        tell(words.submitted);
        void navigate({ to: '/runs/$runId', params: { runId }, ignoreBlocker: true });
      },
    });
  const sending = { send, isSending: submit.isPending, error: submit.error, edited: submit.reset };
  return (
    <Page
      title={words.title}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={words.source}
          data={[
            { value: 'write', label: words.sources.write },
            { value: 'template', label: words.sources.template },
          ]}
          value={isTemplate ? 'template' : 'write'}
          onChange={(value) => {
            submit.reset();
            setTemplate(value === 'template');
          }}
        />
      }
    >
      {isTemplate ? (
        <FromTemplate key="template" {...sending} search={search} />
      ) : (
        <WriteJob key="write" {...sending} search={search} />
      )}
    </Page>
  );
}
