import { onAsset } from '@triflow/contracts/schemas';
import { jsonFromMemory } from '@triflow/protocol';
import type { Command } from 'commander';
import { type ClientOptions, connect } from './connect.js';
import { heightOf, type ListOptions } from './objects.js';
import { print, tableLines } from './output.js';

const RECEIPT = /^wr_/;

interface LienOptions extends ListOptions {
  readonly asset?: string;
  readonly prove?: boolean;
  readonly at?: string;
}

/** What an asset's liens look like to a client that has checked them. */
interface AssetLiens {
  readonly asset: string;
  readonly free: boolean;
  readonly liens: readonly { readonly on: string; readonly lien: object }[];
  readonly height: number;
  readonly verified: object | undefined;
}

/** `lien list --asset ID --prove`: the live liens of one asset; that none is there is proved. */
export function lienListVerb(
  list: Command,
  ordinary: (options: ListOptions) => Promise<void>,
): Command {
  return list
    .option('--asset <id>', 'the live liens of one asset, complete: a receipt with lot and holder')
    .option('--at <height>', 'as they stood at this height, with --asset')
    .option('--prove', 'say who signed, with --asset')
    .action(async (options: LienOptions) => {
      const { asset } = options;
      if (asset === undefined) return ordinary(options);
      printLiens(await liensOf(asset, options), options);
    });
}

async function liensOf(asset: string, options: LienOptions & ClientOptions): Promise<AssetLiens> {
  const { client } = await connect(options);
  const at = options.at === undefined ? {} : { at: heightOf(options.at) };
  if (!RECEIPT.test(asset)) {
    const { data, height, verified } = await client.liens.find({ asset }, at);
    const liens = (data?.liens ?? []).map((lien) => entryOn(asset, lien));
    return { asset, free: liens.length === 0, liens, height, verified };
  }
  const found = await client.liens.complete(asset, at);
  const { free, onReceipt, onLot, onHolder, receipt, height, verified } = found;
  const liens = [
    ...onReceipt.map((lien) => entryOn(asset, lien)),
    ...onLot.map((lien) => entryOn(receipt.lot, lien)),
    ...onHolder.map((lien) => entryOn(receipt.holder, lien)),
  ];
  return { asset, free, liens, height, verified };
}

/** Times and days as the API writes them. */
function entryOn(on: string, lien: object): AssetLiens['liens'][number] {
  const json = jsonFromMemory(onAsset.schema, { asset: on, liens: [lien] });
  const [written = lien] = (json as { readonly liens: readonly object[] }).liens;
  return { on, lien: written };
}

function printLiens(found: AssetLiens, options: LienOptions): void {
  const { asset, free, liens, height, verified } = found;
  const members = Object.keys(liens[0]?.lien ?? {});
  const rows = liens.map(({ on, lien }) => {
    const values = new Map(Object.entries(lien));
    return [on, ...members.map((name) => values.get(name))];
  });
  print(options, found, [
    free ? `no lien encumbers ${asset} at height ${height}` : `liens that touch ${asset}:`,
    ...(free ? [] : tableLines(['on', ...members], rows)),
    ...(options.prove === true ? [proofLine(height, verified)] : []),
  ]);
}

function proofLine(height: number, verified: object | undefined): string {
  const facts = new Map<string, unknown>(Object.entries(verified ?? {}));
  const signers = `${facts.get('signers')} of ${facts.get('of')} validators`;
  return `proved complete at height ${height}: signed by ${signers}`;
}
