import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { demoSeed, publicKeyFromSeed, sealKeystore } from '@triflow/crypto';
import { DEMO_KEY_ID, type Devnet, demoParty } from '@triflow/devnet';
import { defined } from '@triflow/protocol';
import { z } from 'zod';

/** Only a hang takes this long. */
const LIMIT_MS = 60_000;
const PASSWORD = 'correct horse';
const program = fileURLToPath(
  new URL('../../packages/gateway/bin/triflow-gateway.mjs', import.meta.url),
);
const listeningSchema = z.object({ event: z.literal('listening'), http: z.string() });

/** A gateway as an operator runs it: a home on disk, a process. */
export interface RunningGateway extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Ends it; `kill` gives it no time to tidy up. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/** Writes the home of a gateway that signs as a demo party of a devnet. */
export async function gatewayHome(net: Devnet, alias: string, extra = ''): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'triflow-gateway-'));
  const party = defined(demoParty(alias), alias).id;
  const seed = demoSeed(alias);
  const keystore = sealKeystore({
    seed,
    publicKey: publicKeyFromSeed(seed),
    salt: new Uint8Array(32).fill(3),
    nonce: new Uint8Array(12).fill(4),
    kind: 'account',
    label: `${party}/${DEMO_KEY_ID}`,
    password: PASSWORD,
    scryptN: 2 ** 14,
  });
  await writeFile(join(home, 'account.json'), JSON.stringify(keystore));
  await writeFile(join(home, 'password'), `${PASSWORD}\n`);
  await writeFile(join(home, 'genesis.json'), JSON.stringify(net.genesis));
  const nodes = net.urls.map((url) => JSON.stringify(url)).join(', ');
  await writeFile(
    join(home, 'gateway.toml'),
    `[chain]
nodes = [${nodes}]
genesis = "genesis.json"
[account]
keystore = "account.json"
passwordFile = "password"
[http]
port = 0
${extra}
`,
  );
  return home;
}

/** Removes a gateway's home. */
export function removeHome(home: string): Promise<void> {
  return rm(home, { recursive: true, force: true });
}

/** Runs `triflow-gateway start` until it says that it listens. */
export async function startGateway(home: string): Promise<RunningGateway> {
  const child = spawn(process.execPath, [program, 'start', '--home', home, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const closed = once(child, 'close');
  const reader = createInterface({ input: child.stdout });
  const hang = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  const first = await Promise.race([once(reader, 'line'), closed.then(() => undefined)]);
  clearTimeout(hang);
  if (first === undefined) throw new Error(`triflow-gateway: ${child.exitCode} ${stderr}`);
  const told = listeningSchema.parse(JSON.parse(String(first[0])));
  const stop: RunningGateway['stop'] = async (signal = 'SIGTERM') => {
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    await closed;
    clearTimeout(late);
    return child.exitCode;
  };
  return {
    url: told.http,
    pid: child.pid ?? 0,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}
