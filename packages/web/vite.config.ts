import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `vite` of a developer finds the API. */
const API = process.env.TENUTO_URL ?? 'http://127.0.0.1:8420';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    // Data addresses would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The layout of graphs is one file of its own, fetched by those who look at one.
    chunkSizeWarningLimit: 2_000,
    reportCompressedSize: false,
    // The contract makes its schemas when it is loaded; those that nothing uses are left out.
    rolldownOptions: { treeshake: { manualPureFunctions: ['Type', 'listSchema'] } },
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': API, '/health': API } },
});
