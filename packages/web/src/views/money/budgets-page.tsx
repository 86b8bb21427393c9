import { Page } from '../../ui/page.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';

export function BudgetsPage() {
  return (
    <Page title="Budgets and prices">
      <SystemSections />
    </Page>
  );
}
