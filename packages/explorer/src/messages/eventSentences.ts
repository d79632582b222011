import type { Flow } from '../format/flows.js';
import { goodsEventSentences } from './goodsEventSentences.js';

/** English, Chinese, and the flow that the fact belongs to. */
export type FactSentence = readonly [en: string, zh: string, flow: Flow];

/**
 * What a fact means. `{member}` is a member of the event's data, `{subject}` the object; each is
 * shown as what it is: a name, an amount, a day.
 */
export const eventSentences: Readonly<Record<string, FactSentence>> = {
  'party.registered': ['{subject} joined the consortium', '{subject} 加入联盟', 'system'],
  'party.suspended': ['{subject} was suspended', '{subject} 被暂停', 'system'],
  'party.reinstated': ['{subject} was reinstated', '{subject} 已恢复', 'system'],
  'key.added': ['{subject} registered key {keyId}', '{subject} 登记密钥 {keyId}', 'system'],
  'key.revoked': ['{subject} revoked key {keyId}', '{subject} 撤销密钥 {keyId}', 'system'],
  'role.changed': ['The roles of {subject} changed', '{subject} 的角色变更', 'system'],
  'licence.recorded': ['A licence of {subject} was recorded', '{subject} 的许可已登记', 'system'],
  'affiliation.declared': [
    '{subject} declared its affiliation with {other}',
    '{subject} 申报与 {other} 的关联关系',
    'system',
  ],

  'order.issued': [
    '{buyer} ordered from {seller}: {subject}',
    '{buyer} 向 {seller} 下单：{subject}',
    'documents',
  ],
  'order.accepted': ['{subject} was accepted by the seller', '卖方接受订单 {subject}', 'documents'],
  'order.rejected': ['{subject} was declined by the seller', '卖方拒绝订单 {subject}', 'documents'],
  'order.amended': ['{subject} was amended', '{subject} 已变更', 'documents'],
  'order.cancelled': ['{subject} was cancelled', '{subject} 已取消', 'documents'],
  'order.closed_short': ['{subject} was closed short', '{subject} 提前关闭', 'documents'],
  'order.trade_circle': [
    '{subject} closes a circle of trades',
    '{subject} 构成循环贸易',
    'documents',
  ],
  'order.finance_ended': ['The finance of {subject} ended', '{subject} 的订单融资结束', 'money'],
  'order.financed': ['{subject} was financed', '{subject} 已获订单融资', 'money'],
  'delivery.shipped': [
    'Goods of {order} left with {custodian}: {subject}',
    '{order} 的货物由 {custodian} 发运：{subject}',
    'goods',
  ],
  'delivery.handed_over': [
    '{giver} handed the goods of {subject} over to {custodian}',
    '{giver} 将 {subject} 的货物交给 {custodian}',
    'goods',
  ],
  'delivery.accepted': [
    'The buyer accepted the goods of {subject}',
    '买方验收 {subject} 的货物',
    'goods',
  ],
  'invoice.registered': [
    '{seller} invoiced {buyer} for {amount}: {subject}',
    '{seller} 向 {buyer} 开具 {amount} 发票：{subject}',
    'documents',
  ],
  'invoice.matched': [
    '{subject} matches its order and delivery',
    '{subject} 与订单、交货三单匹配',
    'documents',
  ],
  'invoice.confirmed': [
    'The buyer confirmed {subject}, due {paymentDueDay}',
    '买方确认 {subject}，应于 {paymentDueDay} 付款',
    'documents',
  ],
  'invoice.disputed': ['{subject} is disputed', '{subject} 存在争议', 'documents'],
  'invoice.resolved': [
    'The dispute over {subject} was resolved',
    '{subject} 的争议已解决',
    'documents',
  ],
  'invoice.credited': ['A credit note reduced {subject}', '{subject} 已被贷项冲减', 'documents'],
  'invoice.vouchered': [
    'A voucher over {subject} was proposed',
    '{subject} 已申请开立凭证',
    'documents',
  ],
  'invoice.similar_found': [
    '{subject} resembles another invoice',
    '{subject} 与另一张发票相似',
    'documents',
  ],

  'lot.created': [
    '{warehouse} opened lot {subject} of {sku}',
    '{warehouse} 建立 {sku} 批次 {subject}',
    'goods',
  ],
  'lot.goods_in': [
    '{quantity} came into lot {subject}',
    '{quantity} 入库至批次 {subject}',
    'goods',
  ],
  'lot.goods_out': ['{quantity} left lot {subject}', '{quantity} 从批次 {subject} 出库', 'goods'],
  'lot.short': ['Lot {subject} is short of what was receipted', '批次 {subject} 库存短少', 'goods'],
  'receipt.issued': [
    '{warehouse} issued {subject} to {holder}: {quantity}',
    '{warehouse} 向 {holder} 签发 {subject}：{quantity}',
    'goods',
  ],
  'receipt.transferred': [
    '{subject} was endorsed to {holder}',
    '{subject} 背书转让给 {holder}',
    'goods',
  ],
  'receipt.split': ['{subject} was split', '{subject} 已拆分', 'goods'],
  'receipt.merged': ['{subject} was merged', '{subject} 已合并', 'goods'],
  'receipt.pledged': [
    '{pledgor} pledged {subject} to {lender} under {facility}',
    '{pledgor} 将 {subject} 质押给 {lender}（{facility}）',
    'documents',
  ],
  'receipt.released': ['{subject} is free again', '{subject} 解除质押', 'documents'],
  'receipt.withdrawal_opened': [
    'A token lets {vehicle} take {quantity} of {subject}',
    '凭提货凭证，{vehicle} 可提取 {subject} 项下 {quantity}',
    'goods',
  ],
  'receipt.withdrawn': [
    '{quantity} of {subject} left the gate, {remaining} remain',
    '{subject} 项下 {quantity} 出门，余 {remaining}',
    'goods',
  ],
  'receipt.token_expired': [
    'A release token of {subject} expired',
    '{subject} 的提货凭证过期',
    'goods',
  ],
  'receipt.fee_stated': ['A storage fee of {subject} is due', '{subject} 有应付仓储费', 'money'],
  'receipt.replaced': ['{subject} was replaced', '{subject} 已换发', 'goods'],
  'receipt.collection_demanded': [
    'The goods of {subject} must be collected by {until}',
    '催告于 {until} 前提取 {subject} 的货物',
    'goods',
  ],
  'receipt.deposited': [
    'The goods of {subject} were deposited with {depositary}',
    '{subject} 的货物已提存于 {depositary}',
    'goods',
  ],
  'receipt.request_opened': [
    'The holder asked for {kind} of {subject} by {until}',
    '持有人要求于 {until} 前对 {subject} 进行{kind}',
    'goods',
  ],
  'receipt.request_answered': [
    'A request on {subject} was answered',
    '{subject} 的请求已答复',
    'goods',
  ],
  'receipt.request_overdue': [
    'A request on {subject} was not answered in time',
    '{subject} 的请求逾期未答复',
    'goods',
  ],
  'lot.sound': ['Lot {subject} is complete again', '批次 {subject} 库存恢复相符', 'goods'],
  'lot.damage_reported': [
    'Damage to {quantity} of lot {subject} was reported',
    '批次 {subject} 报告毁损 {quantity}',
    'goods',
  ],
  'lot.frozen': ['Lot {subject} was frozen by order', '批次 {subject} 依令冻结', 'system'],
  'lot.unfrozen': ['Lot {subject} was unfrozen', '批次 {subject} 已解冻', 'system'],
  'receipt.cancelled': ['{subject} was cancelled', '{subject} 已注销', 'goods'],
  'receipt.frozen': ['{subject} was frozen by order', '{subject} 依令冻结', 'system'],
  'receipt.unfrozen': ['{subject} was unfrozen', '{subject} 已解冻', 'system'],

  'lien.created': [
    '{grantor} granted {holder} a lien on {asset}: {subject}',
    '{grantor} 就 {asset} 为 {holder} 设立担保：{subject}',
    'documents',
  ],
  'lien.publicity_recorded': [
    'The publicity of {subject} was recorded',
    '{subject} 的公示已登记',
    'documents',
  ],
  'lien.effective': [
    '{subject} of {holder} on {asset} took effect',
    '{holder} 对 {asset} 的担保权 {subject} 生效',
    'documents',
  ],
  'lien.released': ['{subject} was released', '{subject} 已解除', 'documents'],
  'lien.moved': ['{subject} follows the goods to {to}', '{subject} 随货物及于 {to}', 'documents'],
  'lien.amended': ['{subject} was amended', '{subject} 已变更', 'documents'],
  'lien.crystallised': [
    '{subject} crystallised: its goods are fixed',
    '{subject} 已结晶，担保财产确定',
    'documents',
  ],
  'lien.enforced': ['{subject} was enforced', '{subject} 已实现', 'money'],
  'lien.contested': [
    '{subject} conflicts with another lien',
    '{subject} 与其他担保权冲突',
    'documents',
  ],

  'facility.approved': [
    '{lender} approved {pledgor} for {limit}: {subject}',
    '{lender} 批准 {pledgor} 额度 {limit}：{subject}',
    'money',
  ],
  'facility.agreed': [
    '{subject} was signed; {supervisor} supervises',
    '{subject} 已签约，由 {supervisor} 监管',
    'documents',
  ],
  'facility.verified': [
    '{supervisor} verified the goods of {subject}',
    '{supervisor} 核验 {subject} 的货物',
    'goods',
  ],
  'facility.established': [
    'The pledge of {subject} arose: control is attested',
    '{subject} 的质权设立：已证明控制',
    'documents',
  ],
  'facility.drawn': [
    '{lender} lent {amount} under {subject}, LTV {ltvBps}',
    '{lender} 在 {subject} 下放款 {amount}，质押率 {ltvBps}',
    'money',
  ],
  'facility.revalued': [
    '{subject} was valued: LTV {ltvBps}',
    '{subject} 估值：质押率 {ltvBps}',
    'documents',
  ],
  'facility.repaid': [
    '{subject} was repaid in part, LTV {ltvBps}',
    '{subject} 部分还款，质押率 {ltvBps}',
    'money',
  ],
  'facility.item_added': [
    '{asset} was added to {subject}, LTV {ltvBps}',
    '{subject} 增加押品 {asset}，质押率 {ltvBps}',
    'goods',
  ],
  'facility.item_released': ['{asset} left {subject}', '{asset} 自 {subject} 释放', 'goods'],
  'facility.costs_recorded': ['Costs were recorded under {subject}', '{subject} 记入费用', 'money'],
  'facility.item_substituted': [
    'Goods under {subject} were exchanged, LTV {ltvBps}',
    '{subject} 置换押品，质押率 {ltvBps}',
    'goods',
  ],
  'enforcement.opened': [
    'Enforcement of {subject} began: {method}',
    '{subject} 开始处置：{method}',
    'money',
  ],
  'sale.recorded': ['A sale under {subject} was recorded', '{subject} 的处置成交已登记', 'money'],
  'claim.stated': [
    '{holder} stated its claim in {subject}',
    '{holder} 在 {subject} 中申报债权',
    'money',
  ],
  'facility.closed': ['{subject} is closed', '{subject} 已结清', 'money'],
  'line.crossed': [
    '{subject} went from {from} to {to}: LTV {ltvBps}',
    '{subject} 由{from}变为{to}：质押率 {ltvBps}',
    'money',
  ],
  'margin_call.issued': [
    '{lender} calls for margin on {subject}: LTV {ltvBps}, cure by {deadline}',
    '{lender} 对 {subject} 发出追加通知：质押率 {ltvBps}，限 {deadline} 前补足',
    'money',
  ],
  'margin_call.cured': [
    'The margin call on {subject} is cured: LTV {ltvBps}',
    '{subject} 的追加已补足：质押率 {ltvBps}',
    'money',
  ],
  'margin_call.failed': [
    'The margin call on {subject} was not met',
    '{subject} 未按期补足',
    'money',
  ],
  'default.declared': ['{subject} is in default', '{subject} 已宣告违约', 'money'],
  'proceeds.distributed': [
    'The proceeds of {subject} were distributed',
    '{subject} 的处置价款已分配',
    'money',
  ],

  'feed.created': [
    'Price feed {subject} for {sku} was opened',
    '{sku} 价格源 {subject} 已建立',
    'documents',
  ],
  'quote.submitted': [
    '{oracle} quoted for {subject}, round {round}',
    '{oracle} 为 {subject} 第 {round} 轮报价',
    'documents',
  ],
  'price.final': ['{subject} stands at {price}', '{subject} 定价 {price}', 'documents'],
  'price.unconfirmed': [
    '{subject} moved far: a second round must confirm',
    '{subject} 波动过大，待第二轮确认',
    'documents',
  ],
  'price.rejected': [
    'A price of {subject} was rejected',
    '{subject} 的一次价格被否决',
    'documents',
  ],
  'round.void': [
    'Round {round} of {subject} had too few quotes',
    '{subject} 第 {round} 轮报价不足作废',
    'documents',
  ],

  'obligation.opened': [
    '{debtor} owes {creditor} {amount} for {sourceRef}, due {due}',
    '{debtor} 因 {sourceRef} 应付 {creditor} {amount}，到期 {due}',
    'money',
  ],
  'obligation.changed': ['{subject} is now {state}', '{subject} 变为 {state}', 'money'],
  'obligation.paid': ['{subject} is paid in full', '{subject} 已付清', 'money'],
  'payment.proved': [
    '{signedBy} proved that {payer} paid {payee} {amount}: {subject}',
    '{signedBy} 证明 {payer} 已付 {payee} {amount}：{subject}',
    'money',
  ],
  'payment.allocated': ['{subject} was set against what it pays', '{subject} 已核销', 'money'],
  'payment.wrong_creditor': [
    '{subject} was paid to somebody who is no longer the creditor',
    '{subject} 付给了已非债权人的一方',
    'money',
  ],
  'obligation.late': ['{debtor} is late with {subject}', '{debtor} 逾期支付 {subject}', 'money'],
  'payment.used': ['{subject} was used for {ref}', '{subject} 用于 {ref}', 'money'],
  'payment.reversed': ['{subject} was reversed by its bank', '{subject} 已被银行冲正', 'money'],
  'payer.declared': ['{payer} may pay {subject}', '{payer} 可代付 {subject}', 'money'],

  'claim.issued': [
    '{holder} proposed {subject}: {face}',
    '{holder} 提出 {subject}：{face}',
    'documents',
  ],
  'claim.confirmed': ['{debtor} confirmed {subject}', '{debtor} 确权 {subject}', 'documents'],
  'claim.split': ['{subject} was split', '{subject} 已拆分', 'documents'],
  'claim.transferred': [
    '{holder} paid {receiver} with {subject}',
    '{holder} 以 {subject} 向 {receiver} 付款',
    'documents',
  ],
  'claim.financed': ['{lender} financed {subject}', '{lender} 对 {subject} 提供融资', 'money'],
  'claim.pledged': ['{subject} was pledged to {lender}', '{subject} 质押给 {lender}', 'documents'],
  'claim.matured': ['{subject} matured', '{subject} 到期', 'money'],
  'claim.redeemed': ['{subject} was redeemed', '{subject} 已兑付', 'money'],
  'claim.overdue': ['{subject} is overdue', '{subject} 逾期', 'money'],
  'claim.cancelled': ['{subject} was cancelled', '{subject} 已取消', 'documents'],
  'debtor.notified': [
    '{debtor} was told that {creditor} holds {subject}',
    '已通知 {debtor}：{subject} 由 {creditor} 持有',
    'documents',
  ],
  'debtor.acknowledged': [
    'The debtor acknowledged the notice on {subject}',
    '债务人已确认 {subject} 的转让通知',
    'documents',
  ],
  'credit_line.set': [
    '{lender} set a line of {minor} for {subject}',
    '{lender} 为 {subject} 设定额度 {minor}',
    'money',
  ],
  'claim.created': [
    '{subject} over {face} came into being for {holder}',
    '{holder} 取得 {subject}，金额 {face}',
    'documents',
  ],
  'claim.finance_agreed': [
    '{lender} and {holder} agreed to finance {subject}: {advance}',
    '{lender} 与 {holder} 约定对 {subject} 融资 {advance}',
    'money',
  ],
  'claim.registered': [
    'The registration of {subject} was recorded: {registrationNo}',
    '{subject} 已登记公示：{registrationNo}',
    'documents',
  ],
  'claim.pledge_agreed': [
    '{subject} is to be pledged to {lender}',
    '约定将 {subject} 质押给 {lender}',
    'documents',
  ],
  'claim.abandoned': ['The finance of {subject} was given up', '{subject} 的融资已放弃', 'money'],
  'claim.released': ['{subject} is free again', '{subject} 解除担保', 'documents'],
  'claim.recourse': [
    'Recourse for {subject} was claimed of {holder}',
    '就 {subject} 行使追索权',
    'money',
  ],
  'claim.recourse_completed': ['Recourse for {subject} was met', '{subject} 追索完成', 'money'],
  'claim.late_confirm': [
    '{subject} was not confirmed in time',
    '{subject} 逾期未确权',
    'documents',
  ],
  'claim.frozen': ['{subject} was frozen by order', '{subject} 依令冻结', 'system'],
  'claim.unfrozen': ['{subject} was unfrozen', '{subject} 已解冻', 'system'],
  'claim.knowledge_recorded': [
    'Who knew of {subject} was recorded',
    '{subject} 的知情情况已记录',
    'documents',
  ],

  ...goodsEventSentences,

  'pending.opened': [
    '{opener} asks {next} to sign “{command}” on {subject}',
    '{opener} 请 {next} 会签 {subject} 的“{command}”',
    'documents',
  ],
  'pending.signed': [
    '“{command}” on {subject} was signed; {next} is next',
    '{subject} 的“{command}”已签，待 {next}',
    'documents',
  ],
  'pending.completed': [
    'All have signed “{command}” on {subject}',
    '{subject} 的“{command}”各方均已签署',
    'documents',
  ],
  'pending.rejected': [
    '“{command}” on {subject} was declined',
    '{subject} 的“{command}”被拒签',
    'documents',
  ],
  'pending.expired': [
    '“{command}” on {subject} ran out of time',
    '{subject} 的“{command}”超时失效',
    'documents',
  ],
};

/** Facts that ask for somebody's attention. */
export const warningTypes: readonly string[] = [
  'line.crossed',
  'margin_call.issued',
  'margin_call.failed',
  'default.declared',
  'lot.short',
  'lien.contested',
  'invoice.disputed',
  'invoice.similar_found',
  'custody.refused',
  'unit.quarantined',
  'lot.recalled',
  'report.due',
  'alert.raised',
  'receipt.frozen',
  'price.unconfirmed',
  'price.rejected',
  'payment.reversed',
  'claim.overdue',
  'validator.equivocated',
  'order.trade_circle',
  'obligation.late',
  'payment.wrong_creditor',
  'claim.late_confirm',
  'alert.escalated',
  'unit.lost',
  'animal.missing',
  'item.overdue',
  'receipt.request_overdue',
  'enforcement.opened',
];
