import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import type { Reporter, TestModule } from 'vitest/node';

const { argv, env } = process;
const fromSources = {
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
};
/** What was built runs as it is: by Vite's loader it took a quarter longer. */
const asBuilt = { server: { deps: { external: [/\/dist\/.*\.js$/] } } };
/** Coverage and seeded bugs look into the sources that tests of the whole have run. */
const looksInside = argv.includes('--coverage') || env.TRIFLOW_SOURCES !== undefined;

/** The last line of a run: how many passed and how many failed. */
const closingLine: Reporter = {
  onTestRunEnd(modules: readonly TestModule[], errors) {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      if (module.state() === 'failed' && [...module.children.allTests()].length === 0) {
        count.failed += 1;
      }
      for (const test of module.children.allTests()) count[test.result().state] += 1;
    }
    const { passed, failed, skipped } = count;
    process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  },
};

/** What other tools listen to unit tests with, or move their seeds by: files share nothing then. */
const listeners = [
  ...(env.TRIFLOW_DIGESTS === undefined ? [] : ['test/settings/noteDigests.ts']),
  ...(env.TRIFLOW_EXECUTION === undefined ? [] : ['test/bench/noteExecution.ts']),
  ...(env.TRIFLOW_PROPERTIES === undefined ? [] : ['test/properties/otherRuns.ts']),
  ...(env.TRIFLOW_SIGNERS === undefined ? [] : ['test/authority/noteSigners.ts']),
];

/** Unit tests run from source beside the code; the others use what was built, as users do. */
export default defineConfig({
  test: {
    reporters: ['default', closingLine],
    // Of agreement: the core, certificates and the log (pnpm coverage).
    coverage: {
      provider: 'v8',
      include: [
        'packages/consensus/src/**',
        'packages/crypto/src/verifyCertificate.ts',
        'packages/storage/src/{consensusLog,logRecords}.ts',
      ],
      exclude: ['**/testkit.ts', '**/*.test.ts'],
      reporter: ['text'],
      thresholds: { branches: 95 },
    },
    // End-to-end tests wait for half of their time: one more than there are cores fills it.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        ...fromSources,
        test: {
          name: 'unit',
          setupFiles: listeners,
          // Loading the same modules for each of hundreds of files took a minute of two cores.
          isolate: listeners.length > 0,
          include: ['packages/*/src/**/*.test.ts', '{node,sdk,devnet,seeds}/src/**/*.test.ts'],
          // Thousands of random commands on a busy machine; nothing is judged by its time.
          testTimeout: 300_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...(looksInside && fromSources),
        test: {
          name: 'system',
          ...(!looksInside && asBuilt),
          globalSetup: looksInside ? [] : ['test/builtFirst.ts'],
          isolate: listeners.length > 0,
          include: [
            'test/{tidy,vectors,simulation,exploration,crash,fuzz,mutants,legal,fraud,authority}/**/*.test.ts',
            'test/{manifests,campaign}/**/*.test.ts',
          ],
          exclude: ['test/manifests/devnets.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          ...asBuilt,
          // What these start are processes of their own; loading clients for each file takes long.
          isolate: false,
          include: ['test/e2e/**/*.test.ts', 'test/manifests/devnets.test.ts'],
          // Hundreds of starts: each takes half as long so.
          globalSetup: ['test/builtFirst.ts', 'test/e2e/bundledNode.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
