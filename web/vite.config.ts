import react from '@vitejs/plugin-react'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

/** The Worker behind the portal while its code is being changed. */
const worker = process.env['WORKER_URL'] ?? 'http://127.0.0.1:8787'

const LIBRARIES =
  /node_modules\/(react|react-dom|react-router|scheduler|cookie|set-cookie-parser|@tanstack|i18next|react-i18next|html-parse-stringify|void-elements|use-sync-external-store|hono)\//

/** Swagger UI's files as they are, where `src/routes/docs.ts` looks for them. */
function swaggerUi(): Plugin {
  return {
    name: 'swagger-ui',
    apply: 'build',
    generateBundle() {
      for (const url of [
        import.meta.resolve('swagger-ui-dist/swagger-ui.css'),
        import.meta.resolve('swagger-ui-dist/swagger-ui-bundle.js'),
      ]) {
        const path = fileURLToPath(url)
        const fileName = `portal/api-docs/${basename(path)}`
        this.emitFile({ type: 'asset', fileName, source: readFileSync(path) })
      }
    },
  }
}

export default defineConfig({
  plugins: [react(), swaggerUi()],
  build: {
    outDir: 'dist',
    assetsDir: 'portal/assets',
    emptyOutDir: true,
    // The content security policy allows files of our own and no data: addresses.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What every page needs and what seldom changes: it stays in the cache over deploys.
            { name: 'libraries', test: LIBRARIES, priority: 2 },
            // Pieces of pages are small: one file of them is fetched sooner than many.
            { name: 'ui', test: /web\/src\/(ui|api|[\w-]+\.tsx?$)/, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': { target: worker, ws: true },
      // What only the build makes.
      '/portal/api-docs': worker,
      '/portal/enter': worker,
      '/portal/leave': worker,
      '/meta': worker,
    },
  },
})
