import { join, relative } from 'node:path';
import { createVitest, type TestCase as RunCase, type TestSpecification } from 'vitest/node';
import type { TestCase, TestReport, TestsRequest } from './testRunner.js';

const MESSAGE_MAX = 400;

await main();

/**
 * The process of a copy that stays between runs, so that only what a bug has changed is transformed
 * again. Each message asks for named cases; the answer tells what became of them.
 */
async function main(): Promise<void> {
  const root = process.cwd();
  process.env.TRIFLOW_SOURCES = 'yes';
  const options = { root, watch: false, reporters: [{}], maxWorkers: 1, pool: 'threads' };
  const vitest = await createVitest('test', options);
  await vitest.standalone();
  process.on('disconnect', () => process.exit(0));
  process.on('message', ({ cases, changed }: TestsRequest) => {
    void answer(cases, changed).catch((error: unknown) => {
      process.send?.({ broken: error instanceof Error ? (error.stack ?? '') : String(error) });
    });
  });

  async function answer(cases: readonly TestCase[], changed: readonly string[]): Promise<void> {
    for (const path of changed) vitest.invalidateFile(join(root, path));
    const specifications: TestSpecification[] = [];
    for (const file of new Set(cases.map((one) => one.file))) {
      const testNamePattern = patternOf(cases.filter((one) => one.file === file));
      for (const { project, moduleId } of await vitest.globTestSpecifications([file])) {
        if (relative(root, moduleId) !== file) continue;
        specifications.push(project.createSpecification(moduleId, { testNamePattern }));
      }
    }
    const { testModules } = await vitest.runTestSpecifications(specifications);
    const wanted = new Set(specifications.map(({ moduleId }) => moduleId));
    const ran = testModules
      .filter(({ moduleId }) => wanted.has(moduleId))
      .flatMap((module) => [...module.children.allTests()]);
    process.send?.({ reports: cases.map((one) => reportOf(root, one, ran)) });
  }
}

function reportOf(root: string, one: TestCase, ran: readonly RunCase[]): TestReport {
  const found = ran.find(({ module, fullName }) => {
    return relative(root, module.moduleId) === one.file && fullName === one.name;
  });
  const result = found?.result();
  if (result?.state !== 'passed' && result?.state !== 'failed') {
    return { ...one, status: 'missing', message: '' };
  }
  const message = result.errors?.map((error) => error.message).join('\n') ?? '';
  return { ...one, status: result.state, message: message.slice(0, MESSAGE_MAX) };
}

/** Names of blocks and case stand beside each other, with a blank between, where they are matched. */
function patternOf(cases: readonly TestCase[]): RegExp {
  const names = cases.map(({ name }) =>
    name.replaceAll(' > ', ' ').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  return new RegExp(`^(${[...new Set(names)].join('|')})$`);
}
