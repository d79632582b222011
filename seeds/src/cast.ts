import type { Client } from '@triflow/sdk';
import { type DevnetParty, openDevnet } from '@triflow/sdk/devnet';
import { type Field, openField } from './field/openField.js';
import { present, ScenarioError } from './scenarioError.js';

const CALL_TIMEOUT_MS = 30_000;

/** A party of the devnet with what it signs and reads with. */
export type Actor = DevnetParty;

/** The parties of one devnet. */
export interface Cast {
  readonly genesisHash: string;
  readonly actor: (alias: string) => Actor;
  readonly client: (alias: string) => Client;
  /** Gateways and devices beside the nodes. */
  readonly field: Field;
}

/** The cast of a devnet, from its `devnet.json`. Nothing is connected yet. */
export async function openCast(path: string): Promise<Cast> {
  const opened = await openDevnet(path, { timeoutMs: CALL_TIMEOUT_MS }).catch((cause: Error) => {
    throw new ScenarioError('SCENARIO_WITHOUT_DEVNET', cause.message);
  });
  const actor = (alias: string): Actor => {
    return present(`the party ${alias} in ${path}`, opened.parties.get(alias));
  };
  const client = (alias: string): Client => actor(alias).client;
  return { genesisHash: opened.genesisHash, actor, client, field: openField(path) };
}
