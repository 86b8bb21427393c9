import { Page } from '../../ui/page.tsx';

export function SubmitPage() {
  return (
    <Page title="Submit a job">
      <p>…</p>
    </Page>
  );
}
