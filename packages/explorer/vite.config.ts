import { defineConfig } from 'vite';

/** Static files for a node to serve: no request leaves its origin, nothing is evaluated. */
export default defineConfig({
  base: '/',
  resolve: { conditions: ['source', 'browser', 'module', 'import'] },
  build: {
    outDir: 'dist/page',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
});
