import { readFileSync } from 'node:fs';
import { assert } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { type Manifest, parseManifest } from './manifest.js';
import { runManifest } from './runManifest.js';

const FILES = ['faults', 'disks', 'clocks', 'logs', 'members'];
const LIMIT_MS = 300_000;

/** Each run tries its own checks too: its history with a write done twice, or one lost, must fail. */
describe('devnets of real processes under faults', () => {
  it.each(FILES)(
    '%s: one chain, nothing acknowledged is lost, all calls have an order',
    async (file) => {
      const manifest = manifestOf(file);
      const lines: string[] = [];
      const report = await runManifest(manifest, { say: (line) => lines.push(line) });
      expect(report.faults, lines.join('\n')).toEqual([]);
      expect(report.perturbations).toBe(manifest.perturbation.length);
      expect(report.operations).toBeGreaterThanOrEqual(manifest.expect.operations);
      expect(report.heights).toBeGreaterThanOrEqual(manifest.expect.heights);
      expect(report.acknowledged).toBeGreaterThan(manifest.expect.operations / 10);
      expect(report.verifiedReads).toBeGreaterThan(3);
    },
    LIMIT_MS,
  );
});

function manifestOf(file: string): Manifest {
  const text = readFileSync(new URL(`./files/${file}.toml`, import.meta.url), 'utf8');
  const parsed = parseManifest(text);
  assert(parsed.ok, `${file}.toml can be read`);
  return parsed.value;
}
