import { invoices } from '@triflow/contracts/schemas';
import { getter, lister, waiter } from '../objects.js';
import { pendingActions } from '../pendings.js';
import { confirmInvoice } from './confirmInvoice.js';
import { creditNote } from './creditNote.js';
import { dispute } from './dispute.js';
import { match } from './match.js';
import { registerInvoice } from './registerInvoice.js';
import { resolve } from './resolve.js';

/** Invoices (contract purchase-order). */
export const invoiceActions = {
  get: getter(invoices),
  list: lister(invoices),
  waitFor: waiter(invoices),
  registerInvoice,
  match,
  confirmInvoice,
  dispute,
  resolve,
  creditNote,
  ...pendingActions('purchase-order'),
} as const;
