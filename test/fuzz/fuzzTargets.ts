import { decodeInput, decodeSlot, encodeInput, encodeSlot, type Input } from '@triflow/consensus';
import { decodeStateProof, encodeStateProof } from '@triflow/crypto';
import { validateDocument } from '@triflow/epcis';
import { parseConfig } from '@triflow/node';
import {
  type BlockHeader,
  type CommitCertificate,
  decodeBlock,
  decodeBlocks,
  decodeCanonical,
  decodeCommitCertificate,
  decodeEvidence,
  decodeGetBlocks,
  decodeGossip,
  decodeHeader,
  decodeTransaction,
  decodeTxResult,
  decodeWire,
  type Evidence,
  encodeBlock,
  encodeBlocks,
  encodeCanonical,
  encodeCertificate,
  encodeEvidence,
  encodeGetBlocks,
  encodeGossip,
  encodeTxResult,
  encodeWire,
  type Hash,
  headerBytes,
  isCodedError,
  type PartyId,
  parseGenesis,
  parseJson,
  plainFromJson,
  type Result,
  signedTransactionBytes,
  transactionSignBytes,
  type ValidatorId,
  type Vote,
} from '@triflow/protocol';
import { encodeFileHead, encodeLogRecord, scanLog } from '@triflow/storage';

/** What a decoder made of bytes: refused with a code, or taken, and what it would write itself. */
export type Decoded =
  | { readonly code: string }
  | { readonly taken: true; readonly again?: Uint8Array };

export interface FuzzTarget {
  readonly name: string;
  /** Bytes that are right, to be changed. */
  readonly samples: readonly Uint8Array[];
  readonly isText?: boolean;
  readonly decode: (bytes: Uint8Array) => Decoded;
}

const hash = (digit: string): Hash => digit.repeat(64) as Hash;
const signature = new Uint8Array(64).fill(7);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const validator = 'v1' as ValidatorId;

const header: BlockHeader = {
  version: 1,
  chainId: 'fuzz',
  height: 5,
  timeMs: 1_800_000_000_000,
  parentHash: hash('1'),
  builder: validator,
  txCount: 1,
  txRoot: hash('2'),
  resultRoot: hash('3'),
  stateRoot: hash('4'),
  validatorsHash: hash('5'),
  nextValidatorsHash: hash('6'),
  evidenceRoot: hash('7'),
};
const signBytes = transactionSignBytes({
  chainId: 'fuzz',
  genesisHash: hash('a'),
  sender: 'dev:BANK' as PartyId,
  keyId: 'k1',
  nonce: new Uint8Array(16),
  validUntilHeight: 9,
  commands: [
    {
      contract: 'payment',
      name: 'pay',
      params: { amountMinor: 7n, to: 'dev:X', deep: [{ a: 1 }] },
    },
  ],
});
const transaction = signedTransactionBytes(signBytes, signature);
const block = encodeBlock({ header, body: { transactions: [transaction], evidence: [] } });
const certificate: CommitCertificate = {
  kind: 'commit',
  height: 5,
  round: 0,
  valueId: hash('8'),
  entries: [
    [0, signature],
    [1, signature],
    [3, signature],
  ],
};
const vote: Vote = {
  type: 'prevote',
  height: 5,
  round: 1,
  valueId: hash('8'),
  index: 2,
  signature,
};
const polka = { ...certificate, kind: 'prevote' as const };
const proposal = { height: 5, round: 1, valueId: hash('8'), validRound: 0, signature, pol: polka };
const shown = { height: 5, round: 1, valueId: hash('8'), validRound: 0, signature };
const evidence: Evidence = {
  validator,
  height: 5,
  round: 0,
  kind: 'prevote',
  first: { valueId: null, validRound: -1, signature },
  second: { valueId: hash('9'), validRound: -1, signature },
};
const round = {
  kind: 'round' as const,
  height: 5,
  round: 1,
  entries: [{ index: 0, type: 'prevote' as const, valueId: null, signature }],
};
const at = 1_800_000_000_000;
const inputs: Input[] = [
  { kind: 'proposal', at, proposal },
  { kind: 'vote', at, vote },
  { kind: 'certificate', at, certificate },
  { kind: 'work', at, height: 5 },
  { kind: 'timer', at, timer: { name: 'prevote', height: 5, round: 1 } },
  { kind: 'restarted', at, vouched: null },
];
const slot = {
  type: 'proposal' as const,
  height: 5,
  round: 1,
  valueId: hash('8'),
  validRound: 0,
};
const result = {
  txId: hash('b'),
  contract: 'payment',
  number: 0,
  code: 'ok',
  failedCommand: -1,
  events: [],
};
const proof = {
  key: 'payment/payment/1',
  value: new Uint8Array([1]),
  entries: new Uint8Array(64),
  siblings: [new Uint8Array(32)],
};
const epcis = JSON.stringify({
  '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
  type: 'EPCISDocument',
  schemaVersion: '2.0',
  creationDate: '2026-01-01T00:00:00Z',
  epcisBody: {
    eventList: [
      {
        type: 'ObjectEvent',
        eventTime: '2026-01-01T00:00:00.000Z',
        eventTimeZoneOffset: '+08:00',
        epcList: ['urn:epc:id:sgtin:0614141.107346.2017'],
        action: 'OBSERVE',
        bizStep: 'shipping',
        sensorElementList: [{ sensorReport: [{ type: 'Temperature', value: 4.5, uom: 'CEL' }] }],
      },
    ],
  },
});
const config =
  '[node]\nvalidator = "v1"\nlogLevel = "silent"\n[demoKeys]\nlabel = "v1"\n[p2p]\nport = 0\n[http]\nport = 0\n[ops]\nport = 0\n';
const genesis = JSON.stringify({
  chainId: 'fuzz',
  devnet: true,
  timeMs: 1,
  validators: [{ id: 'v1', publicKey: '00', power: 1 }],
  parameters: { stateTreeDepth: 16 },
});

function canonical<T>(
  name: string,
  samples: readonly Uint8Array[],
  decode: (bytes: Uint8Array) => Result<T>,
  encode: (value: T) => Uint8Array,
): FuzzTarget {
  return {
    name,
    samples,
    decode(bytes) {
      const decoded = decode(bytes);
      if (!decoded.ok) return { code: decoded.fault.code };
      return { taken: true, again: encode(decoded.value) };
    },
  };
}

/** Every decoder that reads what somebody else wrote (testing section 6). */
export const fuzzTargets: readonly FuzzTarget[] = [
  canonical('canonical bytes', [transaction, block], decodeCanonical, encodeCanonical),
  canonical(
    'wire message',
    [
      encodeWire({ kind: 'proposal', proposal }),
      encodeWire({ kind: 'vote', vote }),
      encodeWire({ kind: 'certificate', certificate }),
      encodeWire({ kind: 'certificate', certificate: round }),
      encodeWire({ kind: 'body', valueId: hash('8'), block }),
      encodeWire({ kind: 'status', head: 4, headId: hash('1'), height: 5, round: 0, echo: vote }),
      encodeWire({ kind: 'status', head: 4, headId: hash('1'), height: 5, round: 0, echo: shown }),
      encodeWire({ kind: 'askProposal', height: 5, round: 0, valueId: hash('8') }),
    ],
    decodeWire,
    encodeWire,
  ),
  canonical(
    'block request',
    [encodeGetBlocks({ from: 1, count: 2 })],
    decodeGetBlocks,
    encodeGetBlocks,
  ),
  canonical(
    'blocks',
    [encodeBlocks([{ block, certificate: encodeCertificate(certificate) }])],
    decodeBlocks,
    encodeBlocks,
  ),
  canonical('gossip', [encodeGossip([transaction, transaction])], decodeGossip, encodeGossip),
  canonical('transaction', [transaction], decodeTransaction, (value) =>
    signedTransactionBytes(transactionSignBytes(value), value.signature),
  ),
  canonical('block', [block], decodeBlock, encodeBlock),
  canonical('header', [headerBytes(header)], decodeHeader, headerBytes),
  canonical(
    'certificate',
    [encodeCertificate(certificate)],
    decodeCommitCertificate,
    encodeCertificate,
  ),
  canonical('evidence', [encodeEvidence(evidence)], decodeEvidence, encodeEvidence),
  canonical('result', [encodeTxResult(result)], decodeTxResult, encodeTxResult),
  canonical('state proof', [encodeStateProof(proof)], decodeStateProof, encodeStateProof),
  canonical('logged input', inputs.map(encodeInput), decodeInput, (value) => encodeInput(value)),
  canonical('logged slot', [encodeSlot(slot)], decodeSlot, encodeSlot),
  {
    name: 'log file',
    samples: [logFile()],
    decode: (bytes) => {
      const { rest, height, records } = scanLog(bytes);
      return rest === 'none' && height !== undefined && records.length > 0
        ? { taken: true }
        : { code: rest };
    },
  },
  {
    name: 'HTTP body',
    isText: true,
    samples: [text('{"a":[1,-250,true,null,"\\u4e2d"],"b":{"c":"d"}}')],
    decode: (bytes) => {
      const read = parseJson(bytes);
      if (!read.ok) return { code: read.fault.code };
      const plain = plainFromJson(read.value);
      return plain.ok ? { taken: true } : { code: plain.fault.code };
    },
  },
  {
    name: 'EPCIS document',
    isText: true,
    samples: [text(epcis)],
    decode: (bytes) => {
      const read = parseJson(bytes);
      if (!read.ok) return { code: read.fault.code };
      const valid = validateDocument(read.value, 'schema');
      return valid.ok ? { taken: true } : { code: valid.fault[0]?.code ?? '' };
    },
  },
  {
    name: 'genesis',
    isText: true,
    samples: [text(genesis)],
    decode: (bytes) => {
      const read = parseJson(bytes);
      const plain = read.ok ? plainFromJson(read.value) : read;
      if (!plain.ok) return { code: plain.fault.code };
      const parsed = parseGenesis(plain.value);
      return parsed.ok ? { taken: true } : { code: parsed.fault.code };
    },
  },
  {
    name: 'configuration',
    isText: true,
    samples: [text(config)],
    decode: (bytes) => {
      try {
        parseConfig(new TextDecoder().decode(bytes), 'fuzz');
        return { taken: true };
      } catch (error) {
        if (isCodedError(error, 'CONFIG_INVALID')) return { code: error.code };
        throw error;
      }
    },
  },
];

function logFile(): Uint8Array {
  const records = inputs.map((input, sequence) => {
    const payload = encodeInput(input);
    return encodeLogRecord({ type: 1, payload }, { height: 5, sequence, synced: 0 });
  });
  return new Uint8Array(Buffer.concat([encodeFileHead(5), ...records]));
}
