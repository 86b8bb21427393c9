import { Page } from '../../ui/page.tsx';

export function TestPage() {
  return (
    <Page title="Test">
      <p>…</p>
    </Page>
  );
}
