import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { guardInput } from './app/key-guard.ts';
import { router } from './app/router.tsx';
import { watchBuild } from './data/build.ts';
import { watchConnection } from './data/connection.ts';
import { queryClient } from './data/query-client.ts';
import { readSession } from './data/session.ts';
import { theme } from './ui/theme.ts';
import './ui/mantine.css';
import './ui/theme.css';
import './ui/ui.css';

const place = document.getElementById('root');
if (place === null) throw new Error('The page has no place for the console.');
guardInput();
void readSession();
watchBuild();
watchConnection();
createRoot(place).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      // Both write styles into the page, which its policy does not allow; theme.css has them.
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
      <Notifications position="bottom-right" limit={4} />
    </MantineProvider>
  </StrictMode>,
);
