#!/usr/bin/env node
import { bundleFolder, isBundleCurrent } from './current.mjs';

const program = isBundleCurrent()
  ? new URL('triflow.mjs', bundleFolder)
  : new URL('../dist/cli/main.js', import.meta.url);
await import(program.href);
