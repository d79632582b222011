import { join, resolve } from 'node:path';
import { allContracts } from '@triflow/contracts';
import { genesisHashOf, signSync, verifySignature } from '@triflow/crypto';
import { peerIdFromSeed } from '@triflow/network/peer-id';
import {
  bytesFromHex,
  CodedError,
  compareText,
  consensusParametersSchema,
  type Genesis,
  genesisSchema,
  hexFromBytes,
  isPartyId,
  isValidatorId,
} from '@triflow/protocol';
import { Command } from 'commander';
import { z } from 'zod';
import { assembleGenesis } from '../ceremony/assembleGenesis.js';
import {
  type Acceptance,
  acceptanceSchema,
  draftSchema,
  type Join,
  joinSchema,
  proposalSchema,
  readCeremonyFile,
  writeCeremonyFile,
} from '../ceremony/ceremonyFiles.js';
import { type GenesisProblem, genesisProblems } from '../ceremony/genesisProblems.js';
import { acceptanceSignBytes, type SigningKey, signJoin } from '../ceremony/joinRequest.js';
import { spokenHash } from '../ceremony/spokenHash.js';
import { loadConfig } from '../config.js';
import { type GenesisLine, genesisLines } from './genesisLines.js';
import { unsealKeyFile } from './keyFile.js';
import { type OutputOptions, print, remark } from './output.js';
import { askPassword, firstLine } from './password.js';

const SIZES = ['large', 'medium', 'small', 'micro', 'government', 'public_institution'] as const;
const anyGenesisSchema = z.union([genesisSchema, proposalSchema]);

interface OutOptions extends OutputOptions {
  readonly out: string;
}

interface KeyOptions extends OutOptions {
  readonly key: string;
  readonly passwordFile?: string;
}

interface JoinOptions extends KeyOptions {
  readonly name: string;
  readonly roles: string;
  readonly size: string;
  readonly home?: string;
  readonly address?: string;
}

interface AcceptOptions extends KeyOptions {
  readonly mine: string;
}

/** `triflow genesis`: how parties that do not trust each other begin a chain together. */
export function genesisCommand(): Command {
  const genesis = new Command('genesis').description(
    'begin a chain together: init, join, collect, check, sign, finalize',
  );
  const withOut = (command: Command, about: string): Command => {
    return command.requiredOption('--out <file>', about).option('--json', 'answer as JSON');
  };
  const withKey = (command: Command): Command => {
    return command
      .requiredOption('--key <file>', 'your party’s account key, labelled PARTY/KEYID')
      .option('--password-file <file>', 'the password of the keys');
  };
  withOut(genesis.command('init'), 'where the draft goes')
    .description('write the draft that everybody joins: chain id, parameters, contracts')
    .argument('<chainId>')
    .action(init);
  withKey(withOut(genesis.command('join'), 'where your part goes'))
    .description('write your signed part: your party, your seat; no secret is in it')
    .argument('<draft>')
    .requiredOption('--name <text>', 'your party’s name')
    .requiredOption('--roles <list>', 'your roles, joined by commas, such as LENDER,BANK')
    .option('--size <class>', SIZES.join(', '), 'large')
    .option('--home <dir>', 'your node’s home (triflow init): you take a seat or observe')
    .option('--address <host:port>', 'where its peers will reach it')
    .action(joinDraft);
  withOut(genesis.command('collect'), 'where the proposed genesis goes')
    .description('put all parts together; the same parts give the same hash everywhere')
    .argument('<draft>')
    .argument('<parts...>')
    .action(collect);
  genesis
    .command('check')
    .description('what is wrong or unwise with a proposed genesis')
    .argument('<file>', 'of collect, or a finished genesis.json')
    .option('--json', 'answer as JSON')
    .action(check);
  withKey(withOut(genesis.command('sign'), 'where your signature goes'))
    .description('look at the whole, and accept it if your own part stands in it unchanged')
    .argument('<proposed>', 'of collect')
    .requiredOption('--mine <part>', 'the part that you made with join')
    .action(accept);
  withOut(genesis.command('finalize'), 'where genesis.json goes')
    .description('write genesis.json once every party has signed')
    .argument('<proposed>', 'of collect')
    .argument('<signatures...>')
    .action(finalize);
  genesis
    .command('show')
    .description('a genesis in words')
    .argument('<file>')
    .option('--json', 'answer as JSON')
    .action(show);
  genesis
    .command('hash')
    .description('the hash of a genesis, as hex and as words to read aloud')
    .argument('<file>')
    .option('--json', 'answer as JSON')
    .action(hash);
  return genesis;
}

async function init(chainId: string, options: OutOptions): Promise<void> {
  const draft = {
    format: 'triflow/genesis-draft/1' as const,
    chainId,
    timeMs: Date.now(),
    parameters: consensusParametersSchema.parse({}),
    contracts: allContracts.map(({ name, version }) => ({ name, version, parameters: {} })),
  };
  const parsed = draftSchema.safeParse(draft);
  if (!parsed.success) {
    const message = `${chainId} is no chain id: 1 to 48 of a-z, 0-9 and -, not - first`;
    throw new CodedError('REQUEST_INVALID', message);
  }
  await writeCeremonyFile(options.out, draft);
  print(options, { out: options.out, chainId }, [
    `${options.out}: agree on its parameters, then send it to every party`,
    `next, each party: triflow genesis join ${options.out} --help`,
  ]);
}

async function joinDraft(draftFile: string, options: JoinOptions): Promise<void> {
  const draft = await readCeremonyFile(draftFile, draftSchema);
  const size = SIZES.find((one) => one === options.size);
  if (size === undefined) {
    throw new CodedError('REQUEST_INVALID', `--size ${options.size}: ${SIZES.join(', ')}`);
  }
  const password = await passwordOf(options);
  const account = await accountOf(options.key, password);
  const { home, address, name, roles, out } = options;
  const seat = home === undefined ? undefined : await seatOf(resolve(home), password);
  const part = signJoin({
    draft,
    party: {
      id: account.party,
      name,
      roles: roles.split(',').map((role) => role.trim()),
      sizeClass: size,
      keys: [
        { keyId: account.keyId, suite: 'ed25519', publicKey: hexFromBytes(account.publicKey) },
      ],
    },
    account,
    ...(seat === undefined ? {} : { seat }),
    ...(address === undefined ? {} : { address }),
    madeAtMs: Date.now(),
  });
  const parsed = joinSchema.safeParse(part);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const message = `/${issue?.path.join('/') ?? ''} ${issue?.message ?? 'is wrong'}`;
    throw new CodedError('REQUEST_INVALID', `your part: ${message}`);
  }
  await writeCeremonyFile(out, part);
  print(options, { out, party: account.party, validator: part.validator?.id ?? null }, [
    `${out}: ${seatText(part)}; it holds public keys and signatures only`,
    'next: send it to whoever collects, and keep it for triflow genesis sign --mine',
  ]);
}

async function collect(draftFile: string, files: string[], options: OutOptions): Promise<void> {
  const draft = await readCeremonyFile(draftFile, draftSchema);
  const joins = await Promise.all(files.map((file) => readCeremonyFile(file, joinSchema)));
  const proposal = assembleGenesis(draft, joins);
  await writeCeremonyFile(options.out, proposal);
  const { genesis } = proposal;
  const problems = genesisProblems(genesis, { joins, nowMs: Date.now() });
  print(options, { out: options.out, ...hashFacts(genesis), problems }, [
    ...hashLines(genesis),
    ...problemLines(problems),
    `next, each party: triflow genesis sign ${options.out} --mine PART --key FILE --out SIGNATURE`,
  ]);
}

async function check(file: string, options: OutputOptions): Promise<void> {
  const { genesis, joins } = await readAny(file);
  const problems = genesisProblems(genesis, { joins, nowMs: Date.now() });
  const lines = problems.length === 0 ? ['nothing is wrong with it'] : problemLines(problems);
  print(options, { ...hashFacts(genesis), problems }, [...hashLines(genesis), ...lines]);
  const [worst] = problems.filter(({ severity }) => severity === 'error');
  if (worst !== undefined) throw new CodedError('GENESIS_INVALID', worst.what);
}

async function accept(file: string, options: AcceptOptions): Promise<void> {
  const { genesis, joins } = await readCeremonyFile(file, proposalSchema);
  const mine = await readCeremonyFile(options.mine, joinSchema);
  const isMine = joins.some(({ signature }) => signature === mine.signature);
  if (!isMine) {
    const message = `${file} does not hold your part unchanged: do not sign it, ask who collects`;
    throw new CodedError('GENESIS_INVALID', message);
  }
  const problems = genesisProblems(genesis, { joins, nowMs: Date.now() });
  for (const line of genesisLines(genesis, mine)) remark(options, markedLine(line));
  const [worst] = problems.filter(({ severity }) => severity === 'error');
  if (worst !== undefined) throw new CodedError('GENESIS_INVALID', `${file}: ${worst.what}`);
  const { party, keyId, publicKey, sign } = await accountOf(options.key, await passwordOf(options));
  if (party !== mine.party.id || hexFromBytes(publicKey) !== mine.party.keys[0]?.publicKey) {
    throw new CodedError('REQUEST_INVALID', `${options.key} is not the key that signed your part`);
  }
  const unsigned = { genesisHash: genesisHashOf(genesis), party, keyId };
  const acceptance: Acceptance = {
    format: 'triflow/genesis-acceptance/1',
    ...unsigned,
    signature: hexFromBytes(sign(acceptanceSignBytes(unsigned))),
  };
  await writeCeremonyFile(options.out, acceptance);
  print(options, { out: options.out, party, ...hashFacts(genesis), problems }, [
    ...hashLines(genesis),
    ...problemLines(problems),
    `${options.out}: your signature; compare the words with the others before you send it`,
  ]);
}

async function finalize(file: string, files: string[], options: OutOptions): Promise<void> {
  const { genesis, joins } = await readCeremonyFile(file, proposalSchema);
  const problems = genesisProblems(genesis, { joins, nowMs: Date.now() });
  const [worst] = problems.filter(({ severity }) => severity === 'error');
  if (worst !== undefined) throw new CodedError('GENESIS_INVALID', `${file}: ${worst.what}`);
  const signatures = await Promise.all(files.map((one) => readCeremonyFile(one, acceptanceSchema)));
  const signed = signatures.filter((one) => isAccepted(genesis, one)).map(({ party }) => party);
  const missing = genesis.parties.filter(({ id }) => !signed.includes(id));
  if (missing.length > 0) {
    const names = missing.map(({ id, name }) => `${name} (${id})`).join(', ');
    throw new CodedError('GENESIS_INVALID', `not signed over this hash by ${names}`, {
      details: { next: `each of them: triflow genesis sign ${file}` },
    });
  }
  await writeCeremonyFile(options.out, genesis);
  const peers = joins.flatMap(({ validator, address }) => {
    return validator === undefined || address === undefined ? [] : [[validator.id, address]];
  });
  peers.sort(([a = ''], [b = '']) => compareText(a, b));
  print(options, { out: options.out, ...hashFacts(genesis), peers: Object.fromEntries(peers) }, [
    ...hashLines(genesis),
    `${options.out}: copy it into every node’s home and compare the hash there`,
    ...(peers.length === 0 ? [] : ['for [p2p.peers] in each triflow.toml:']),
    ...peers.map(([id, address]) => `  ${id} = "${address}"`),
    'next: triflow start --home DIR',
  ]);
}

async function show(file: string, options: OutputOptions): Promise<void> {
  const { genesis } = await readAny(file);
  const lines = genesisLines(genesis).map(markedLine);
  print(options, { ...hashFacts(genesis), genesis }, [...lines, ...hashLines(genesis)]);
}

async function hash(file: string, options: OutputOptions): Promise<void> {
  const { genesis } = await readAny(file);
  print(options, hashFacts(genesis), hashLines(genesis));
}

function isAccepted(genesis: Genesis, acceptance: Acceptance): boolean {
  if (acceptance.genesisHash !== genesisHashOf(genesis)) return false;
  const party = genesis.parties.find(({ id }) => id === acceptance.party);
  const key = party?.keys.find(({ keyId }) => keyId === acceptance.keyId);
  if (key === undefined) return false;
  const bytes = acceptanceSignBytes(acceptance);
  const signature = bytesFromHex(acceptance.signature);
  return verifySignature(key.suite, bytesFromHex(key.publicKey), bytes, signature);
}

async function readAny(file: string): Promise<{ genesis: Genesis; joins: readonly Join[] }> {
  const found = await readCeremonyFile(file, anyGenesisSchema);
  if (found.format === 'triflow/genesis-proposal/1') return found;
  return { genesis: found, joins: [] };
}

/** A home as `triflow init` made it: its node key, and its consensus key if it has a seat. */
async function seatOf(home: string, password: string) {
  const { node, keys } = await loadConfig(home);
  if (keys === undefined) throw new CodedError('CONFIG_INVALID', `${home}: keys is missing`);
  const { seed } = await unsealKeyFile(join(home, keys.node), password);
  const consensus =
    keys.consensus === undefined
      ? undefined
      : signingKey(await unsealKeyFile(join(home, keys.consensus), password));
  if (node.validator !== undefined && !isValidatorId(node.validator)) {
    throw new CodedError('CONFIG_INVALID', `${home}: ${node.validator} is no validator id`);
  }
  return { validator: node.validator, consensus, peerId: peerIdFromSeed(seed) };
}

async function accountOf(file: string, password: string) {
  const opened = await unsealKeyFile(file, password);
  const slash = opened.label.lastIndexOf('/');
  const party = opened.label.slice(0, Math.max(0, slash));
  if (opened.kind !== 'account' || !isPartyId(party)) {
    const message = `${file} is no account key labelled PARTY/KEYID, such as uscc:…/k1`;
    throw new CodedError('KEYSTORE_INVALID', message);
  }
  return { party, keyId: opened.label.slice(slash + 1), ...signingKey(opened) };
}

function signingKey({ seed, publicKey }: { seed: Uint8Array; publicKey: Uint8Array }): SigningKey {
  return { publicKey, sign: (bytes) => signSync(seed, bytes) };
}

function passwordOf({ passwordFile }: KeyOptions): Promise<string> {
  return passwordFile === undefined ? askPassword() : firstLine(passwordFile);
}

function seatText({ validator, observer, party }: Join): string {
  if (validator !== undefined) return `${party.name} takes the seat ${validator.id}`;
  return observer === undefined ? `${party.name}, without a node` : `${party.name}, observing`;
}

function hashFacts(genesis: Genesis) {
  const genesisHash = genesisHashOf(genesis);
  return { chainId: genesis.chainId, genesisHash, words: spokenHash(genesisHash).join(' ') };
}

function hashLines(genesis: Genesis): string[] {
  const { genesisHash, words } = hashFacts(genesis);
  return [`genesis hash  ${genesisHash}`, `in words      ${words}`];
}

function problemLines(problems: readonly GenesisProblem[]): string[] {
  return problems.map(({ severity, what }) => `${severity.padEnd(8)} ${what}`);
}

function markedLine({ text, isMine }: GenesisLine): string {
  return `${isMine ? '*' : ' '} ${text}`;
}
