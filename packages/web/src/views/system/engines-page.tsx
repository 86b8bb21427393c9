import { Page } from '../../ui/page.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';

export function EnginesPage() {
  return (
    <Page title="Engines">
      <SystemSections />
    </Page>
  );
}
