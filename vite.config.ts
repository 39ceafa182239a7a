import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { isolationHeaders, productHeaders } from './scripts/headers.mjs';

/** Each file of the build with the headers it is meant to have; the worker's differ from the page's. */
const servedAsProduct: Plugin = {
  name: 'product-headers',
  configurePreviewServer: (server) => {
    server.middlewares.use((request, response, next) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      for (const [name, value] of Object.entries(productHeaders(pathname))) {
        response.setHeader(name, value);
      }
      next();
    });
  },
};

export default defineConfig({
  // Relative, so that the build can be served from any folder of any host.
  base: './',
  plugins: [react(), servedAsProduct],
  worker: { format: 'es' },
  server: { host: '127.0.0.1', headers: isolationHeaders },
  preview: { host: '127.0.0.1' },
  build: {
    target: 'es2023',
    sourcemap: true,
    // Read by scripts/check-bundle.mjs.
    manifest: true,
    // The content security policy allows fonts and workers as files only.
    assetsInlineLimit: 0,
    // scripts/check-bundle.mjs has the real limit, on what the first page loads.
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'react',
              test: /node_modules[\\/](react|react-dom|scheduler|use-sync-external-store)[\\/]/,
            },
            { name: 'charts', test: /node_modules[\\/](recharts|victory-vendor|d3-[a-z-]+)[\\/]/ },
          ],
        },
      },
    },
  },
});
