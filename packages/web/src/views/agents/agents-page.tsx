import { Page } from '../../ui/page.tsx';

export function AgentsPage() {
  return (
    <Page title="Agents and tokens">
      <p>…</p>
    </Page>
  );
}
