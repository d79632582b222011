import { parentPort } from 'node:worker_threads';
import { verifyBatch } from '@triflow/crypto';
import { defined } from '@triflow/protocol';
import { unpackChecks } from './signaturePacking.js';

/** Thread body: verifies what arrives and answers one byte a signature. */
const port = defined(parentPort, 'signatureWorker: runs as a worker thread');

port.on('message', ({ id, packed }: { id: number; packed: Uint8Array }) => {
  const verdicts = Uint8Array.from(verifyBatch(unpackChecks(packed)), (holds) => (holds ? 1 : 0));
  port.postMessage({ id, verdicts }, [verdicts.buffer as ArrayBuffer]);
});
