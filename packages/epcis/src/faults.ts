import { type Fault, limits } from '@triflow/protocol';

/** What is wrong with a document, and a JSON pointer to where. */
export interface EpcisFault extends Fault {
  readonly path: string;
}

/** Notes a fault, up to limits.epcisFaultsMax of them: who sent worse need not know it all. */
export function addFault(faults: EpcisFault[], code: string, path: string, message: string): void {
  if (faults.length < limits.epcisFaultsMax) faults.push({ code, message, path });
}
