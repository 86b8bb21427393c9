import { Page } from '../../ui/page.tsx';
import { SystemSections } from '../../ui/system-sections.tsx';

export function McpServersPage() {
  return (
    <Page title="MCP servers">
      <SystemSections />
    </Page>
  );
}
