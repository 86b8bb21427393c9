import { Page } from '../../ui/page.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';

export function CircuitsPage() {
  return (
    <Page title="Circuits">
      <SystemSections />
    </Page>
  );
}
