import { z } from 'zod';

/** What the command line wants to know, by name. */
export const settingNames = [
  'node',
  'timeout',
  'as',
  'key',
  'passwordFile',
  'trust',
  'genesisHash',
  'devnet',
] as const;

export type SettingName = (typeof settingNames)[number];

const section = z.strictObject(
  Object.fromEntries(settingNames.map((name) => [name, z.string().min(1).optional()])),
);

/** The parts of `triflow.toml` that speak to the command line: `[client]`, `[profiles.NAME]`. */
export const clientSections = {
  client: section.optional(),
  profiles: z.record(z.string().regex(/^[a-z0-9-]{1,32}$/), section).optional(),
};
