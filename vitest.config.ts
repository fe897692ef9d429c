import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { TEST_SETTINGS } from './test/settings.ts'

export default defineConfig({
  test: {
    // Our own log lines are looked at by the tests that are about them.
    onConsoleLog: (text) => !text.startsWith('{"level"'),
    // What a workflow or an alarm asks for after the last test has nobody left to be asked of.
    onUnhandledError: ({ name, message }) =>
      !(name === 'EnvironmentTeardownError' && message.includes('Closing rpc while')),
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          environment: 'node',
          isolate: false,
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            main: './src/index.ts',
            wrangler: { configPath: './wrangler.jsonc' },
            miniflare: {
              bindings: {
                ...TEST_SETTINGS,
                TEST_MIGRATIONS: await readD1Migrations('migrations'),
                // Of the month that is made up; another one is another month.
                TEST_SEED: process.env['TEST_SEED'] ?? '1',
              },
            },
          })),
        ],
        test: {
          name: 'workers',
          include: ['test/workers/**/*.test.ts'],
          setupFiles: ['test/workers/setup.ts'],
          // Tests of a file share storage and use ids of their own; starting workerd anew costs seconds.
          isolate: false,
          maxWorkers: 1,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          environment: 'node',
          // Each file starts a Worker of its own; two at once would only be slow.
          fileParallelism: false,
          hookTimeout: 120_000,
          testTimeout: 30_000,
        },
      },
    ],
  },
})
