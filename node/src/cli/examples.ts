import type { Command } from 'commander';

/** One line that works, for each verb that is not made from a contract's schema. */
const examples: Readonly<Record<string, string>> = {
  init: 'triflow init --home node1 --validator v1 --password-file pw --genesis genesis.json',
  start: 'triflow start --home node1',
  status: 'triflow status --node http://127.0.0.1:7400',
  doctor: 'triflow doctor --home node1',
  'config show': 'triflow config show --origin',
  'config check': 'triflow config check --home node1',
  'config schema': 'triflow config schema > triflow.schema.json',
  'key new': 'triflow key new account --out bank.json --label uscc:91420100TRFW00049U/k2',
  'key list': 'triflow key list node1/keys',
  'key show': 'triflow key show bank.json',
  'key import': 'triflow key import account --seed-file seed.hex --out bank.json',
  'key export': 'triflow key export bank.json --out bank-backup.json',
  'key passwd': 'triflow key passwd bank.json',
  'key rotate': 'triflow key rotate --home node1',
  'genesis init': 'triflow genesis init cn-copper-1 --out draft.json',
  'genesis join':
    'triflow genesis join draft.json --key bank.json --name "扬子银行" --roles LENDER,BANK ' +
    '--home node1 --address n1.bank.example:7401 --out bank.join.json',
  'genesis collect': 'triflow genesis collect draft.json *.join.json --out proposed.json',
  'genesis check': 'triflow genesis check proposed.json',
  'genesis sign':
    'triflow genesis sign proposed.json --mine bank.join.json --key bank.json --out bank.sig.json',
  'genesis finalize': 'triflow genesis finalize proposed.json *.sig.json --out genesis.json',
  'genesis show': 'triflow genesis show genesis.json',
  'genesis hash': 'triflow genesis hash genesis.json',
  'token create': 'triflow token create --home node1 --party uscc:91420100TRFW00049U --days 30',
  'token list': 'triflow token list --home node1',
  'token revoke': 'triflow token revoke 0123456789ab --home node1',
  'db stats': 'triflow db stats --home node1',
  'db check': 'triflow db check --home node1',
  'db compact': 'triflow db compact --home node1',
  'db prune': 'triflow db prune --home node1 --keep-days 400 --yes',
  'backup create': 'triflow backup create --home node1 --out backup-2026-11',
  'backup verify': 'triflow backup verify backup-2026-11 --trust genesis.json',
  'backup restore': 'triflow backup restore backup-2026-11 --home node1',
  'admin consensus': 'triflow admin consensus --home node1',
  'admin log-level': 'triflow admin log-level debug --home node1',
  'admin drain': 'triflow admin drain --home node1 --timeout 60s',
  'admin resume': 'triflow admin resume --home node1',
  'admin compact': 'triflow admin compact --home node1',
  'admin backup': 'triflow admin backup --home node1 --out backup-2026-11',
  'admin reload-tls': 'triflow admin reload-tls --home node1',
  'peer list': 'triflow peer list',
  'peer ban': 'triflow peer ban v3 --home node1 --note "sends what does not verify"',
  'peer unban': 'triflow peer unban v3 --home node1',
  'peer bans': 'triflow peer bans --home node1',
  'validator list': 'triflow validator list',
  'validator simulate': 'triflow validator simulate --add 1 --down v2',
  'validator propose add':
    'triflow validator propose add v5 --party uscc:91420100TRFW00049U --peer-id 12D3KooW… ' +
    '--public-key HEX --as governor',
  'validator propose remove': 'triflow validator propose remove v4 --as governor',
  'validator propose rotate': 'triflow validator propose rotate v4 --public-key HEX --as governor',
  'validator vote': 'triflow validator vote gp_0001 --as governor',
  'validator ready': 'triflow validator ready gp_0001 --home node5 --key bank.json',
  'validator status': 'triflow validator status gp_0001',
  'gov propose':
    'triflow gov propose set_parameter ' +
    `'{"contract":"consensus","name":"blockIntervalMs","value":300}' --as governor`,
  'gov vote': 'triflow gov vote gp_0001 --against --as governor',
  'party show': 'triflow party show uscc:91420100TRFW00049U --prove',
  'party roles': 'triflow party roles uscc:91420100TRFW00049U',
  'party keys': 'triflow party keys uscc:91420100TRFW00049U',
  'lien list': 'triflow lien list --asset wr_0007 --prove',
  'pledge list': 'triflow pledge list --ltv-above 70%',
  'pledge show': 'triflow pledge show pl_0004 --prove',
  trace: 'triflow trace wr_0007 --direction up --prove',
  'tx show': 'triflow tx show tx_…',
  'tx wait': 'triflow tx wait tx_… --timeout 1m',
  'tx decode': 'triflow tx decode unsigned.json',
  'tx build':
    'triflow tx build warehouse-receipt freeze --params @freeze.json --sender PARTY --key-id k1 ' +
    '--trust genesis.json --valid-until-height 900 --out unsigned.json',
  'tx sign': 'triflow tx sign unsigned.json --key bank.json --out signed.hex',
  'tx send': 'triflow tx send signed.hex',
  'tx replay': 'triflow tx replay tx_…',
  call: `triflow call trace register_location --params '{"gln":"9520001000010"}' --as carrier`,
  'block show': 'triflow block show latest',
  'block range': 'triflow block range 1..20',
  'block verify': 'triflow block verify 1..20',
  'events tail': 'triflow events tail --types margin_call.issued',
  'events replay': 'triflow events replay --subject wr_0007',
  'events export': 'triflow events export --out events.jsonl',
  verify: 'triflow verify wr_0007.evidence.json --trust genesis.json',
  version: 'triflow version',
  completion: 'source <(triflow completion bash)',
};

/** A verb's example; one that is made from a schema shows its own needed options. */
export function exampleOf(path: string, command: Command): string {
  const known = examples[path];
  if (known !== undefined) return known;
  const words = command.registeredArguments.map((argument) => `${argument.name().toUpperCase()}`);
  const needed = command.options.filter(({ description }) => description === 'needed');
  const flags = needed.map(({ long, flags: text }) => {
    const [form = ''] = /<.*>/.exec(text) ?? [];
    return `${long} ${form === '<json>' ? `'{…}'` : form.slice(1, -1).toUpperCase()}`;
  });
  const isWrite = command.options.some(({ long }) => long === '--params');
  return ['triflow', path, ...words, ...flags, ...(isWrite ? ['--as ALIAS'] : [])].join(' ');
}
