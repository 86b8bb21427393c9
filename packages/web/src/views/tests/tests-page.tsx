import { Page } from '../../ui/page.tsx';

export function TestsPage() {
  return (
    <Page title="Tests">
      <p>…</p>
    </Page>
  );
}
