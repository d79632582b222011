import type { Command } from 'commander';
import { lienListVerb } from './lienList.js';
import { type Noun, nounCommand } from './objects.js';

const receivables = { contract: 'receivable', objects: 'receivables' } as const;

/** What businesses speak of, by the contracts that own it. */
export const nouns: readonly Noun[] = [
  {
    name: 'receipt',
    about: 'electronic warehouse receipts',
    contract: 'warehouse-receipt',
    objects: 'receipts',
    aliases: { deliver: 'gate_out' },
  },
  {
    name: 'pledge',
    about: 'pledges: credit against goods',
    contract: 'pledge-facility',
    objects: 'pledges',
    aliases: { 'margin-call': 'revalue', enforce: 'open_enforcement' },
  },
  {
    name: 'receivable',
    about: 'receivable vouchers',
    ...receivables,
    aliases: { settle: 'redeem' },
  },
  {
    name: 'finance',
    about: 'finance against a receivable',
    ...receivables,
    commands: ['finance', 'complete_finance', 'countersign', 'reject_pending'],
    aliases: { apply: 'finance', complete: 'complete_finance' },
  },
  {
    name: 'order',
    about: 'purchase orders, deliveries and invoices',
    contract: 'purchase-order',
    objects: 'orders',
  },
  {
    name: 'lien',
    about: 'security interests',
    contract: 'lien',
    objects: 'liens',
    list: lienListVerb,
  },
  { name: 'payment', about: 'proofs of payment', contract: 'payment', objects: 'proofs' },
  { name: 'price', about: 'price feeds', contract: 'price-feed', objects: 'prices' },
  { name: 'alert', about: 'alerts and devices', contract: 'monitoring', objects: 'alerts' },
];

/** The business nouns as commands. */
export function nounCommands(): Command[] {
  return nouns.map(nounCommand);
}
