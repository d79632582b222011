import { type DemoPartyAlias, demoSeed, publicKeyFromSeed } from '@triflow/crypto';
import {
  assert,
  type GenesisParty,
  hexFromBytes,
  isPartyId,
  type PartyId,
} from '@triflow/protocol';

/** Every demo party has one key under this id. */
export const DEMO_KEY_ID = 'k1';

/** A company that does not exist, with a published key. */
export interface DemoParty {
  readonly alias: DemoPartyAlias;
  readonly id: PartyId;
  readonly name: string;
  readonly nameZh: string;
  readonly roles: readonly string[];
  readonly sizeClass: GenesisParty['sizeClass'];
}

/**
 * The companies of a devnet. Their codes have right check characters (GB 32100, ISO 17442) around
 * organisation numbers `TRFW00..`, which nobody holds.
 */
export const demoParties: readonly DemoParty[] = [
  party('refinery', 'uscc:91330900TRFW000140', ['Dongji Refining', '东极炼化'], 'CORE BUYER'),
  party('supplier', 'uscc:91310115TRFW000221', ['Shenhai Fuel Trading', '申海燃料'], 'SUPPLIER', {
    sizeClass: 'medium',
  }),
  party('warehouse', 'uscc:91330900TRFW00030M', ['WH-3 Zhoushan', '舟山三号库'], 'WAREHOUSE'),
  party('bank-yangtze', 'uscc:91420100TRFW00049U', ['Yangtze Bank', '扬子银行'], 'LENDER BANK'),
  party('bank-bohai', 'uscc:91120100TRFW00057J', ['Bohai Gulf Bank', '渤湾银行'], 'LENDER BANK'),
  party('supervisor', 'uscc:91310109TRFW00065Q', ['Anjian Collateral', '安监仓押'], 'SUPERVISOR', {
    sizeClass: 'medium',
  }),
  party('registry', 'uscc:12100000TRFW000730', ['Security Register', '动产登记处'], 'REGISTRY', {
    sizeClass: 'public_institution',
  }),
  party('oracle-1', 'uscc:91310115TRFW000814', ['Lujiazui Prices', '陆家嘴报价'], 'ORACLE', {
    sizeClass: 'small',
  }),
  party('oracle-2', 'lei:9845TRIFLOWDEMO00224', ['North Sea Prices', '北海报价'], 'ORACLE', {
    sizeClass: 'small',
  }),
  party('oracle-3', 'uscc:91110108TRFW0009XA', ['Haidian Prices', '海淀报价'], 'ORACLE', {
    sizeClass: 'small',
  }),
  party('carrier', 'uscc:91330206TRFW001021', ['Beilun Shipping', '北仑航运'], 'CARRIER', {
    sizeClass: 'medium',
  }),
  party('governor', 'uscc:51310000TRFW00110N', ['Consortium Council', '联盟理事会'], 'GOVERNOR', {
    sizeClass: 'public_institution',
  }),
  party('regulator', 'uscc:11100000TRFW001296', ['Regulator', '监管机构'], 'REGULATOR', {
    sizeClass: 'government',
  }),
  party('court', 'uscc:12310000TRFW00137F', ['Maritime Court', '海事法院'], 'COURT', {
    sizeClass: 'government',
  }),
  party('insurer', 'uscc:91440300TRFW00145P', ['Nanling Insurance', '南岭财险'], 'INSURER'),
  party('core-enterprise', 'uscc:91320500TRFW00153X', ['Qinghe Home', '清荷家电'], 'CORE BUYER'),
  party('device-1', 'dev:device-1', ['Tank gauge 305', '三〇五号液位计'], 'DEVICE', {
    sizeClass: 'micro',
  }),
  party('platform', 'uscc:91310104TRFW00161R', ['Triflow Platform', '三流平台'], 'PLATFORM', {
    sizeClass: 'small',
  }),
  party('tier-1', 'uscc:91330200TRFW0017X5', ['Lianhe Motors', '联合电机'], 'SUPPLIER BUYER', {
    sizeClass: 'medium',
  }),
  party('tier-2', 'uscc:91330400TRFW00188F', ['Jiahe Wire', '嘉禾线缆'], 'SUPPLIER BUYER', {
    sizeClass: 'small',
  }),
  party('tier-3', 'uscc:91340700TRFW00196X', ['Tongdu Copper Rod', '铜都铜杆'], 'SUPPLIER BUYER', {
    sizeClass: 'small',
  }),
  party('tier-4', 'uscc:91360600TRFW00209N', ['Yingtan Metals', '鹰潭再生金属'], 'SUPPLIER', {
    sizeClass: 'micro',
  }),
  party('mah', 'uscc:91510100TRFW00217G', ['Tianfu Vaccines', '天府疫苗'], 'MAH SUPPLIER'),
  party('lot-release', 'uscc:12100000TRFW00225C', ['Lot Release', '批签发中心'], 'LOT_RELEASE', {
    sizeClass: 'public_institution',
  }),
  party('cdc-1', 'uscc:12320100TRFW002332', ['Provincial CDC', '省疾控中心'], 'CDC', {
    sizeClass: 'public_institution',
  }),
  party('cdc-2', 'uscc:12320500TRFW00241H', ['City CDC', '市疾控中心'], 'CDC', {
    sizeClass: 'public_institution',
  }),
  party('clinic', 'uscc:52320500TRFW0025X5', ['Pingjiang Clinic', '平江接种门诊'], 'CLINIC', {
    sizeClass: 'public_institution',
  }),
  party('fiscal', 'uscc:11320000TRFW00268J', ['Fiscal Office', '财政部门'], 'FISCAL', {
    sizeClass: 'government',
  }),
  party('farm', 'uscc:91150100TRFW002769', ['Saihan Cattle', '赛罕牧业'], 'FARM', {
    sizeClass: 'small',
  }),
  party('vet', 'uscc:91150200TRFW002849', ['Kundulun Vets', '昆都仑兽医'], 'VET', {
    sizeClass: 'micro',
  }),
  party('keeper', 'uscc:91310115TRFW00292K', ['Lujiazui Vault', '陆家嘴金库'], 'KEEPER', {
    sizeClass: 'medium',
  }),
  party('approver', 'uscc:91310115TRFW003059', ['Vault Approvals', '出入库审批'], 'APPROVER', {
    sizeClass: 'medium',
  }),
  party('auditor', 'uscc:91310115TRFW003134', ['Huangpu Audit', '黄浦审计'], 'AUDITOR', {
    sizeClass: 'medium',
  }),
  party('device-2', 'dev:device-2', ['Cold box logger 2', '二号冷链记录仪'], 'DEVICE', {
    sizeClass: 'micro',
  }),
  party('device-3', 'dev:device-3', ['Cold box logger 3', '三号冷链记录仪'], 'DEVICE', {
    sizeClass: 'micro',
  }),
  party('device-4', 'dev:device-4', ['Ear tag 4', '四号耳标'], 'DEVICE', { sizeClass: 'micro' }),
  party('device-5', 'dev:device-5', ['Ear tag 5', '五号耳标'], 'DEVICE', { sizeClass: 'micro' }),
  party('packer', 'uscc:91152500TRFW00321P', ['Ujimqin Meat', '乌珠穆沁肉业'], 'BUYER', {
    sizeClass: 'medium',
  }),
];

/** The party of an alias; undefined for a word that is none. */
export function demoParty(alias: string): DemoParty | undefined {
  return demoParties.find((one) => one.alias === alias);
}

/** How a demo party stands in a genesis document, with its published key. */
export function genesisPartyFromDemo({ alias, ...demo }: DemoParty): GenesisParty {
  const publicKey = hexFromBytes(publicKeyFromSeed(demoSeed(alias)));
  return {
    id: demo.id,
    name: `${demo.name} ${demo.nameZh}`,
    roles: [...demo.roles],
    sizeClass: demo.sizeClass,
    keys: [{ keyId: DEMO_KEY_ID, suite: 'ed25519', publicKey }],
  };
}

function party(
  alias: DemoPartyAlias,
  id: string,
  [name, nameZh]: readonly [string, string],
  roles: string,
  { sizeClass }: Pick<DemoParty, 'sizeClass'> = { sizeClass: 'large' },
): DemoParty {
  assert(isPartyId(id), `demo party: ${id}`);
  return { alias, id, name, nameZh, roles: roles.split(' '), sizeClass };
}
